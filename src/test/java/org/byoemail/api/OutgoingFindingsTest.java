package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.support.StoredMail;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;

/** What becomes of outgoing mail with findings, and of answers to machines. */
class OutgoingFindingsTest extends WebTest {
  private static final String TOKEN = "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";

  private String organization;
  private String address;
  private String key;
  private String admin;
  private UUID account;

  @BeforeEach
  void sender() {
    organization = fresh("careful");
    address = organization + "@example.test";
    account = UUID.fromString(account(organization, address));
    key = key("producer", organization);
    admin = key("admin", organization);
  }

  @Test
  void markedFindingIsShownWithoutItsValue() {
    minimum(Map.of("findings", Map.of("secret", "mark"), "shownCharacters", 2));

    Answer sent = post(key, "/messages", mail("see\n" + TOKEN));
    Answer shown = get(key, "/messages/" + sent.text("/messageId"));
    Answer why = get(key, "/messages/" + sent.text("/messageId") + "/why");
    String event =
        jdbc.sql("SELECT body::text FROM event WHERE type = 'message.flagged' AND message_id = :id")
            .param("id", UUID.fromString(sent.text("/messageId")))
            .query(String.class)
            .single();
    Answer dossier = get(key, "/messages/" + sent.text("/messageId") + "/dossier");

    assertThat(dossier.text("/entries/1/kind")).isEqualTo("gates");
    assertThat(dossier.text("/entries/1/content/policy")).isNotEmpty();
    assertThat(dossier.body().at("/entries/1/content/decisions").toString())
        .contains("\"mark\"", "github-token")
        .doesNotContain(TOKEN);
    assertThat(sent.status()).as(sent.body().toString()).isEqualTo(202);
    assertThat(shown.text("/findings/0/kind")).isEqualTo("secret");
    assertThat(shown.text("/findings/0/name")).isEqualTo("github-token");
    assertThat(shown.text("/findings/0/place")).isEqualTo("text, line 2");
    assertThat(shown.text("/findings/0/evidence")).isEqualTo("gh...17 (40 characters)");
    assertThat(why.body().at("/gates").toString()).contains("github-token").doesNotContain(TOKEN);
    assertThat(event).contains("github-token").doesNotContain("ghp_");
  }

  @Test
  void refusedFindingIsNamedAndTheMailIsNotAccepted() {
    minimum(Map.of("findings", Map.of("secret", "refuse", "card-number", "allow")));

    Answer refused = post(key, "/messages", mail("it is " + TOKEN));
    Answer dry = post(key, "/messages/validate", mail("it is " + TOKEN));
    Map<String, Object> withFile =
        Map.of(
            "from",
            address,
            "to",
            List.of("ben@else.test"),
            "subject",
            "x",
            "text",
            "see file",
            "attachments",
            List.of(
                Map.of(
                    "name",
                    "env.txt",
                    "contentType",
                    "text/plain",
                    "content",
                    Base64.getEncoder().encodeToString(("a=" + TOKEN).getBytes()))));
    Answer file = post(key, "/messages", withFile);
    Answer dryFile = post(key, "/messages/validate", withFile);
    Answer card = post(key, "/messages", mail("charge 4539 1488 0343 6467"));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.body().toString())
        .contains("a secret (github-token, text)")
        .doesNotContain(TOKEN);
    assertThat(dry.text("/outcome")).isEqualTo("refuse");
    assertThat(dryFile.body().toString()).contains("are examined when it is accepted");
    assertThat(file.status()).isEqualTo(400);
    assertThat(file.body().toString()).contains("attachment env.txt");
    assertThat(card.status()).isEqualTo(202);
    assertThat(get(key, "/messages/" + card.text("/messageId")).body().at("/findings")).isEmpty();
  }

  @Test
  void agentCannotUndercutTheOrganization() {
    minimum(Map.of("findings", Map.of("secret", "refuse")));

    agent(Map.of("findings", Map.of("secret", "allow")));

    assertThat(post(key, "/messages", mail(TOKEN)).status()).isEqualTo(400);
  }

  @Test
  void ownRulesApplyFromTheNextMailOn() {
    minimum(Map.of("findings", Map.of("pattern", "refuse", "bank-account", "refuse")));
    String iban = "DE75 5121 0800 1245 1261 99";
    boolean before = post(key, "/messages", mail("about Blue Harbour")).status() == 202;
    Answer words = rule("plans", "words", "blue harbour");
    rule("projects", "pattern", "PRJ-[0-9]{4}");
    int refused = post(key, "/messages", mail("about blue  Harbour")).status();
    int pattern = post(key, "/messages", mail("it is prj-1234")).status();
    int iban1 = post(key, "/messages", mail(iban)).status();
    rule("own accounts", "exempt", "DE75512108001245126199");
    int iban2 = post(key, "/messages", mail(iban)).status();
    call(HttpMethod.DELETE, admin, "/outgoing-rules/" + words.text("/id"), null);
    int after = post(key, "/messages", mail("about Blue Harbour")).status();

    assertThat(before).isTrue();
    assertThat(List.of(refused, pattern, iban1)).containsOnly(400);
    assertThat(List.of(iban2, after)).containsOnly(202);
  }

  @Test
  void ruleThatIsInvalidOrTooLargeIsRefusedByName() {
    for (String entry : List.of("(a)\\1", "(a{100}){100}", "(", "x*")) {
      Answer answer = rule("bad", "pattern", entry);
      assertThat(answer.status()).as(entry).isEqualTo(400);
      assertThat(answer.fields()).containsExactly("entries");
    }
    rule("good", "pattern", "a+");
    assertThat(rule("good", "pattern", "b+").status()).isEqualTo(409);
    Answer kind =
        call(
            HttpMethod.PUT,
            admin,
            "/sending-policy",
            Map.of("sendingPolicy", Map.of("findings", Map.of("other-tenant", "refuse"))));
    assertThat(kind.status()).isEqualTo(400);
  }

  @Test
  void answerToAMachineIsRefusedUnlessToldTo() {
    StoredMail mails = new StoredMail(jdbc);
    UUID person = mails.ingested(account, "Lunch", "At noon?", null);
    UUID away = mails.ingested(account, "Away", "I am on holiday.", null);
    UUID list = mails.ingested(account, "[list] Hi", "Hi all", null);
    mark(away, "auto-replied");
    mark(list, "list");
    minimum(Map.of("automaticMail", Map.of("answers", "refuse", "autoSubmitted", true)));

    Answer toPerson = post(key, "/messages/" + person + "/reply", Map.of("body", "Yes."));
    Answer toMachine = post(key, "/messages/" + away + "/reply", Map.of("body", "Thanks."));
    Answer toList = post(key, "/messages/" + list + "/reply", Map.of("body", "Thanks."));
    minimum(Map.of());
    Answer byDefault = post(key, "/messages/" + away + "/reply", Map.of("body", "Thanks."));
    agent(Map.of("automaticMail", Map.of("answers", "allow")));
    Answer told = post(key, "/messages/" + away + "/reply", Map.of("body", "Thanks."));

    assertThat(toPerson.status()).isEqualTo(202);
    assertThat(headers(toPerson)).contains("Auto-Submitted").contains("auto-replied");
    assertThat(toMachine.status()).isEqualTo(400);
    assertThat(toMachine.body().toString()).contains("it answers automatic mail (auto-replied)");
    assertThat(toList.body().toString()).contains("it answers a mailing list");
    assertThat(byDefault.status()).isEqualTo(400);
    assertThat(told.status()).isEqualTo(202);
    assertThat(headers(told)).doesNotContain("Auto-Submitted");
  }

  @Test
  void answerInAConversationThatAMachineAnsweredLastIsRefused() {
    StoredMail mails = new StoredMail(jdbc);
    UUID person = mails.ingested(account, "Lunch", "At noon?", null);
    UUID away = mails.ingested(account, "Lunch", "I am on holiday.", null);
    mark(away, "auto-replied");
    jdbc.sql(
            """
            UPDATE message SET created_at = now() + interval '1 minute',
              conversation_id = (SELECT conversation_id FROM message WHERE id = :person)
            WHERE id = :away
            """)
        .param("person", person)
        .param("away", away)
        .update();

    Answer refused = post(key, "/messages/" + person + "/reply", Map.of("body", "And now?"));
    jdbc.sql("UPDATE message SET created_at = now() - interval '25 hours' WHERE id = :away")
        .param("away", away)
        .update();
    Answer later = post(key, "/messages/" + person + "/reply", Map.of("body", "And now?"));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.body().toString())
        .contains("wait for a person's mail")
        .doesNotContain("leave out inReplyTo");
    assertThat(later.status()).isEqualTo(202);
  }

  @Test
  void sectionsOfANewerReleaseStayWhenAPolicyIsChanged() {
    minimum(Map.of("findings", Map.of("secret", "refuse")));
    String later = "sending_policy || '{\"later\": {\"a\": 1}}'";
    jdbc.sql(
            "UPDATE organization_sending_policy SET sending_policy = %s WHERE organization = :o"
                .formatted(later))
        .param("o", organization)
        .update();
    jdbc.sql(
            "UPDATE agent SET sending_policy = %s || '{\"automaticMail\": {\"answers\": \"delay\"}}' WHERE id = :id"
                .formatted(later))
        .param("id", UUID.fromString(agentId()))
        .update();

    minimum(Map.of());
    Answer named =
        call(HttpMethod.PATCH, admin, "/agents/" + agentId(), Map.of("name", "Another name"));
    String unchanged = ofAgent();
    agent(Map.of("automaticMail", Map.of("answers", "allow")));

    assertThat(named.status()).as(named.body().toString()).isEqualTo(200);
    assertThat(unchanged).contains("later", "delay");
    assertThat(ofAgent()).contains("later").doesNotContain("delay");
    assertThat(
            jdbc.sql(
                    "SELECT sending_policy::text FROM organization_sending_policy WHERE organization = :o")
                .param("o", organization)
                .query(String.class)
                .single())
        .contains("later")
        .doesNotContain("refuse");
  }

  private String ofAgent() {
    return jdbc.sql("SELECT sending_policy::text FROM agent WHERE id = :id")
        .param("id", UUID.fromString(agentId()))
        .query(String.class)
        .single();
  }

  private String agentId() {
    return jdbc.sql("SELECT agent_id::text FROM agent_email_account WHERE id = :id")
        .param("id", account)
        .query(String.class)
        .single();
  }

  private void agent(Map<String, Object> policy) {
    Answer set =
        call(HttpMethod.PATCH, admin, "/agents/" + agentId(), Map.of("sendingPolicy", policy));
    assertThat(set.status()).as(set.body().toString()).isEqualTo(200);
  }

  private String headers(Answer sent) {
    return jdbc.sql("SELECT headers::text FROM message WHERE id = :id")
        .param("id", UUID.fromString(sent.text("/messageId")))
        .query(String.class)
        .single();
  }

  private void mark(UUID message, String mark) {
    jdbc.sql("UPDATE inbound_mail SET auto_submitted = :mark WHERE message_id = :message")
        .param("mark", mark)
        .param("message", message)
        .update();
  }

  private void minimum(Map<String, Object> policy) {
    Answer set = call(HttpMethod.PUT, admin, "/sending-policy", Map.of("sendingPolicy", policy));
    assertThat(set.status()).as(set.body().toString()).isEqualTo(200);
  }

  private Answer rule(String name, String kind, String entry) {
    return post(
        admin, "/outgoing-rules", Map.of("name", name, "kind", kind, "entries", List.of(entry)));
  }

  private Map<String, Object> mail(String text) {
    return Map.of(
        "from", address, "to", List.of("ben@else.test"), "subject", "Hello", "text", text);
  }
}
