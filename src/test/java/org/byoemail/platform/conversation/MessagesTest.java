package org.byoemail.platform.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.support.WebTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class MessagesTest extends WebTest {
  private static final Instant CREATED = Instant.parse("2026-11-30T04:05:06.123457Z");

  @Autowired private Messages messages;
  @Autowired private Conversations conversations;
  @Autowired private PlatformTransactionManager transactions;

  @Test
  void messagesThatAreStoredTogetherAreReadAsTheyWere() {
    String organization = fresh("acme");
    Map<String, Object> place = place(organization);
    List<String> odd =
        List.of(
            "\"quoted, {braced}\" <a@x.test>",
            "back\\slash\\\\",
            "",
            "NULL",
            " ü\t\n日本",
            "{}",
            ",");
    Message plain = message(place, organization, List.of("a@x.test"), "text", null, null);
    Message strange =
        message(
            place, organization, odd, "\"{\\", "<p>ü</p>", Instant.parse("1969-07-20T20:17:40Z"));

    store(plain, strange);

    assertThat(messages.find(plain.id())).contains(plain);
    assertThat(messages.find(strange.id())).contains(strange);
  }

  @Test
  void nulIsLeftOut() {
    String organization = fresh("acme");
    Message message =
        message(place(organization), organization, List.of("a\0@x.test"), "te\0xt", null, null);

    store(message);

    Message stored = messages.find(message.id()).orElseThrow();
    assertThat(stored.to()).containsExactly("a@x.test");
    assertThat(stored.text()).isEqualTo("text");
  }

  @Test
  void textsBeyondWhatOneStatementTakesAreAllStored() {
    String organization = fresh("acme");
    Map<String, Object> place = place(organization);
    String large = "x".repeat(700_000);
    List<Message> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      all.add(message(place, organization, List.of("a@x.test"), large + i, null, null));
    }

    store(all.toArray(Message[]::new));

    assertThat(all).allSatisfy(one -> assertThat(messages.find(one.id())).contains(one));
  }

  private void store(Message... some) {
    new TransactionTemplate(transactions)
        .executeWithoutResult(status -> messages.storeAll(List.of(some)));
  }

  /** An endpoint, and a conversation of its agent. */
  private Map<String, Object> place(String organization) {
    String account = account(organization, fresh("agent") + "@agents.test");
    Map<String, Object> place =
        jdbc.sql("SELECT endpoint_id, agent_id FROM agent_email_account WHERE id = :account::uuid")
            .param("account", account)
            .query()
            .singleRow();
    List<ConversationId> started =
        Objects.requireNonNull(
            new TransactionTemplate(transactions)
                .execute(
                    status ->
                        conversations.ofOutbound(
                            List.of(
                                new Conversations.Outbound(
                                    new AgentId((UUID) place.get("agent_id")), null, "Hello")))));
    return Map.of("endpoint", place.get("endpoint_id"), "conversation", started.get(0));
  }

  private static Message message(
      Map<String, Object> place,
      String organization,
      List<String> to,
      String text,
      @Nullable String html,
      @Nullable Instant sent) {
    return new Message(
        StoredMessageId.next(),
        new OrganizationId(organization),
        (ConversationId) place.get("conversation"),
        new EndpointId((UUID) place.get("endpoint")),
        Direction.OUTBOUND,
        "agent@agents.test",
        "Ann \"Agent\"",
        to,
        List.of(),
        null,
        "Hello",
        text,
        html,
        new MessageId("1@x.test"),
        null,
        List.of(new MessageId("\"odd\\id\"@x.test")),
        List.of(new HeaderField("X-Tag", "a\"b")),
        Map.of("key", "va\"lue"),
        sent,
        CREATED);
  }
}
