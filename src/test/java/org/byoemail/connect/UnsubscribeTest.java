package org.byoemail.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.UnsubscribeMails;
import org.byoemail.account.testmail.TestMails;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.support.SenderWebTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpMethod;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;

/** How recipients unsubscribe from an agent, and what becomes of mail to them (RFC 8058). */
class UnsubscribeTest extends SenderWebTest {
  private static final String BEN = "ben@else.test";
  private static final String GATEWAY = "https://gateway.example.test";

  @Autowired private UnsubscribeMails mails;
  @Autowired private TestMails testMails;
  @Autowired private Accounts accounts;

  @Test
  void linkIsAPageForPeopleWhereNothingIsKnownOfTheProvidersSignature() {
    Map<String, String> fields = fields(sent(address));

    assertThat(fields.get("List-Unsubscribe"))
        .matches("<" + GATEWAY + "/connect/unsubscribe/\\S+>");
    assertThat(fields).doesNotContainKey("List-Unsubscribe-Post");
  }

  @Test
  void oneClickIsOfferedOnlyWhileTheProvidersSignatureCoversTheFields() {
    signed(true);
    Map<String, String> covered = fields(sent(address));
    signed(false);
    Map<String, String> uncovered = fields(sent(address));
    signed(true);
    jdbc.sql("UPDATE agent_email_account SET smtp_host = 'other.test' WHERE id = :id")
        .param("id", UUID.fromString(account))
        .update();
    Map<String, String> moved = fields(sent(address));

    assertThat(covered.get("List-Unsubscribe-Post")).isEqualTo("List-Unsubscribe=One-Click");
    assertThat(covered.get("List-Unsubscribe")).startsWith("<" + GATEWAY);
    assertThat(uncovered).doesNotContainKey("List-Unsubscribe-Post");
    assertThat(moved).doesNotContainKey("List-Unsubscribe-Post");
  }

  @Test
  void openingTheLinkChangesNothingAndPostingItStopsThisAgentAlone() throws Exception {
    String other = organization + "-b@example.test";
    account(organization, other);
    Answer first = sent(address);
    String path = path(first);

    MockHttpServletResponse page = page(MockMvcRequestBuilders.get(path));
    Answer afterGet = sent(address);
    MockHttpServletResponse posted = click(path);
    MockHttpServletResponse again = click(path);
    Answer refused = sent(address);
    Answer fromOther = sent(other);
    Answer validated = post(producer, "/messages/validate", mail(address, List.of(BEN)));

    assertThat(page.getStatus()).isEqualTo(200);
    assertThat(page.getContentAsString()).contains(BEN, "List-Unsubscribe");
    assertThat(status(afterGet)).isEqualTo("queued");
    assertThat(posted.getStatus()).isEqualTo(200);
    assertThat(posted.getContentAsString()).contains("Unsubscribed");
    assertThat(again.getStatus()).isEqualTo(200);
    assertThat(status(refused)).isEqualTo("failed");
    assertThat(get(producer, "/messages/" + refused.text("/messageId")).body().toString())
        .contains("its owner unsubscribed from this agent");
    assertThat(status(fromOther)).isEqualTo("queued");
    assertThat(validated.body().toString()).contains("unsubscribed");
    assertThat(events()).isEqualTo(1);
  }

  @Test
  void operatorSeesTheSuppressionAndLiftsItForThatAgent() throws Exception {
    click(path(sent(address)));
    Answer listed = get(operator, "/suppressions?address=" + BEN);
    String agent = listed.text("/items/0/agent");
    int withoutAgent = delete(operator, "/suppressions?address=" + BEN).status();
    String foreign = key("operator", fresh("theirs"));
    int theirs = delete(foreign, "/suppressions?address=" + BEN + "&agent=" + agent).status();
    String before = status(sent(address));
    int lifted = delete(operator, "/suppressions?address=" + BEN + "&agent=" + agent).status();

    assertThat(listed.body().at("/items")).hasSize(1);
    assertThat(listed.text("/items/0/reason")).isEqualTo("unsubscribed");
    assertThat(List.of(withoutAgent, theirs, lifted)).containsExactly(404, 404, 204);
    assertThat(before).isEqualTo("failed");
    assertThat(status(sent(address))).isEqualTo("queued");
    assertThat(olderNodesSee()).isFalse();
  }

  @Test
  void nodeOfTheReleaseBeforeSeesASuppressionWhateverComesAndGoes() throws Exception {
    click(path(sent(address)));
    boolean unsubscribed = olderNodesSee();
    post(operator, "/suppressions", Map.of("address", BEN));
    int both = get(operator, "/suppressions?address=" + BEN).body().at("/items").size();
    int lifted = delete(operator, "/suppressions?address=" + BEN).status();

    assertThat(unsubscribed).isTrue();
    assertThat(both).isEqualTo(2);
    assertThat(lifted).isEqualTo(204);
    assertThat(olderNodesSee()).isTrue();
    assertThat(status(sent(address))).isEqualTo("failed");
  }

  @Test
  void mailWithTheTokenInItsSubjectUnsubscribes() throws Exception {
    String token = path(sent(address)).replaceAll(".*/", "");

    OrganizationId ours = new OrganizationId(organization);

    boolean other = mails.unsubscribe(ours, "Please unsubscribe " + token);
    boolean forged = mails.unsubscribe(ours, "unsubscribe " + "A".repeat(token.length()));
    boolean taken = mails.unsubscribe(ours, "Unsubscribe  " + token);

    assertThat(List.of(other, forged, taken)).containsExactly(false, false, true);
    assertThat(status(sent(address))).isEqualTo("failed");
  }

  @Test
  void tokenOfAnotherOrganizationIsMailLikeAnyOther() {
    String token = path(sent(address)).replaceAll(".*/", "");

    boolean taken = mails.unsubscribe(new OrganizationId(fresh("theirs")), "unsubscribe " + token);

    assertThat(taken).isFalse();
    assertThat(status(sent(address))).isEqualTo("queued");
    assertThat(events()).isZero();
  }

  @Test
  void whoeverPostsOneLinkAgainAndAgainIsSlowedDownAndCountsOnce() throws Exception {
    String path = path(sent(address));
    List<Integer> answers = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      answers.add(click(path).getStatus());
    }
    MockHttpServletResponse refused = click(path);

    assertThat(answers).startsWith(200, 200).endsWith(429, 429).containsOnly(200, 429);
    assertThat(refused.getHeader("Retry-After")).isEqualTo("60");
    assertThat(events()).isOne();
    assertThat(status(sent(address))).isEqualTo("failed");
    // Another mail's link is another one, from the same address too.
    String other = organization + "-b@example.test";
    account(organization, other);
    assertThat(click(path(sent(other))).getStatus()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 10, 30, 60})
  void alteredTokenIsUnknown(int place) throws Exception {
    String path = path(sent(address));
    int at = path.lastIndexOf('/') + 1 + place;
    char other = path.charAt(at) == 'A' ? 'B' : 'A';
    String altered = path.substring(0, at) + other + path.substring(at + 1);

    assertThat(click(altered).getStatus()).isEqualTo(404);
    assertThat(page(MockMvcRequestBuilders.get(altered)).getStatus()).isEqualTo(404);
    assertThat(status(sent(address))).isEqualTo("queued");
  }

  @Test
  void sealedSecretOfAnAccountIsNoToken() throws Exception {
    String sealed =
        jdbc.sql(
                "SELECT translate(encode(smtp_secret, 'base64'), E'+/=\\n', '-_') FROM agent_email_account"
                    + " WHERE id = :id")
            .param("id", UUID.fromString(account))
            .query(String.class)
            .single();

    assertThat(click("/connect/unsubscribe/" + sealed).getStatus()).isEqualTo(404);
  }

  @Test
  void onlyWhatRfc8058PostsUnsubscribes() throws Exception {
    String path = path(sent(address));

    int empty = page(MockMvcRequestBuilders.post(path)).getStatus();
    int wrong =
        page(MockMvcRequestBuilders.post(path)
                .contentType("application/x-www-form-urlencoded")
                .param("List-Unsubscribe", "Maybe"))
            .getStatus();

    assertThat(List.of(empty, wrong)).allMatch(status -> status >= 400 && status < 500);
    assertThat(status(sent(address))).isEqualTo("queued");
  }

  @Test
  void mailThatTheLinkCannotNameOneRecipientForIsRefused() {
    Answer two = post(producer, "/messages", mail(address, List.of(BEN, "cy@else.test")));
    Map<String, Object> own = new HashMap<>(mail(address, List.of(BEN)));
    own.put("headers", Map.of("List-Unsubscribe", "<https://else.test/>"));
    Answer ownField = post(producer, "/messages", own);

    assertThat(two.status()).isEqualTo(400);
    assertThat(two.fields()).containsExactly("listUnsubscribe");
    assertThat(ownField.fields()).containsExactly("listUnsubscribe");
  }

  @Test
  void agentsPolicyOffersItInMailToOneRecipient() {
    String admin = key("admin", organization);
    Answer set =
        call(
            HttpMethod.PUT,
            admin,
            "/sending-policy",
            Map.of("sendingPolicy", Map.of("listUnsubscribe", true)));
    Map<String, Object> one = new HashMap<>(mail(address, List.of(BEN)));
    one.remove("listUnsubscribe");
    Map<String, Object> two = new HashMap<>(mail(address, List.of(BEN, "cy@else.test")));
    two.remove("listUnsubscribe");

    assertThat(set.status()).isEqualTo(200);
    assertThat(fields(post(producer, "/messages", one))).containsKey("List-Unsubscribe");
    assertThat(fields(post(producer, "/messages", two))).doesNotContainKey("List-Unsubscribe");
  }

  private void signed(boolean covered) {
    UUID testMail = UUID.randomUUID();
    jdbc.sql(
            "INSERT INTO test_mail (id, account_id, organization, requested_by, recipient,"
                + " requested_at) VALUES (:id, :account, :organization, 'ann', :to,"
                + " statement_timestamp())")
        .param("id", testMail)
        .param("account", UUID.fromString(account))
        .param("organization", organization)
        .param("to", address)
        .update();
    testMails.signed(
        accounts.find(new AccountId(UUID.fromString(account))).orElseThrow(), testMail, covered);
  }

  private Answer sent(String from) {
    Answer sent = post(producer, "/messages", mail(from, List.of(BEN)));
    assertThat(sent.status()).as(sent.body().toString()).isEqualTo(202);
    return sent;
  }

  private static Map<String, Object> mail(String from, List<String> to) {
    return Map.of(
        "from", from, "to", to, "subject", "News", "text", "None.", "listUnsubscribe", true);
  }

  private String status(Answer sent) {
    return get(producer, "/messages/" + sent.text("/messageId")).text("/status");
  }

  private Map<String, String> fields(Answer sent) {
    Map<String, String> fields = new HashMap<>();
    String headers =
        jdbc.sql("SELECT headers::text FROM message WHERE id = :id")
            .param("id", UUID.fromString(sent.text("/messageId")))
            .query(String.class)
            .single();
    try {
      JSON.readTree(headers)
          .forEach(field -> fields.put(field.path("name").asText(), field.path("value").asText()));
    } catch (java.io.IOException e) {
      throw new AssertionError(headers, e);
    }
    return fields;
  }

  private String path(Answer sent) {
    return fields(sent).get("List-Unsubscribe").replaceAll("[<>]", "").substring(GATEWAY.length());
  }

  private MockHttpServletResponse click(String path) throws Exception {
    return page(
        MockMvcRequestBuilders.post(path)
            .contentType("application/x-www-form-urlencoded")
            .param("List-Unsubscribe", "One-Click"));
  }

  private MockHttpServletResponse page(
      org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder request)
      throws Exception {
    return mvc.perform(request).andReturn().getResponse();
  }

  private int events() {
    return jdbc.sql(
            "SELECT count(*) FROM event WHERE type = 'recipient.unsubscribed' AND organization ="
                + " :organization")
        .param("organization", organization)
        .query(Integer.class)
        .single();
  }

  /** As the release before asks. */
  private boolean olderNodesSee() {
    return jdbc.sql(
            "SELECT EXISTS (SELECT 1 FROM suppression WHERE organization = :organization AND address"
                + " = :address AND (expires_at IS NULL OR expires_at > now()))")
        .param("organization", organization)
        .param("address", BEN)
        .query(Boolean.class)
        .single();
  }
}
