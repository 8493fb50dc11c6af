package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.byoemail.support.GreenMailServer;
import org.byoemail.support.MailUser;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class AccountLifecycleTest extends WebTest {
  private static final String WRONG = "a-wrong-password-that-must-not-show";

  @RegisterExtension static final GreenMailServer SERVER = GreenMailServer.shared();

  @Test
  void accountIsMadeTestedEnabledChangedAndDeleted() {
    MailUser ada = SERVER.freshUser("ada");
    Answer made = account(ada, ada.password());
    String path = "/accounts/" + made.text("/id");

    Answer tooEarly = patch(ADMIN_KEY, path, Map.of("outboundEnabled", true));
    Answer test = post(ADMIN_KEY, path + "/test-smtp", null);
    Answer enabled = patch(ADMIN_KEY, path, Map.of("outboundEnabled", true));
    Answer renamed = patch(ADMIN_KEY, path, Map.of("displayName", "Ada"));
    Answer moved = patch(ADMIN_KEY, path, Map.of("smtp", Map.of("port", 2525)));
    Answer again = patch(ADMIN_KEY, path, Map.of("outboundEnabled", true));
    int deleted = delete(ADMIN_KEY, path).status();

    assertThat(made.status()).isEqualTo(201);
    assertThat(made.text("/status")).isEqualTo("disabled");
    assertThat(made.text("/smtp/host")).isEqualTo("localhost");
    assertThat(made.text("/imap/folder")).isEqualTo("INBOX");
    assertThat(tooEarly.status()).isEqualTo(409);
    assertThat(tooEarly.text("/detail")).contains("test-smtp");
    assertThat(test.status()).isEqualTo(200);
    assertThat(test.body().path("ok").asBoolean()).as(test.body().toString()).isTrue();
    assertThat(test.body().path("steps").findValuesAsText("name")).contains("connect", "auth");
    assertThat(enabled.status()).isEqualTo(200);
    assertThat(enabled.text("/status")).isEqualTo("active");
    assertThat(enabled.text("/health/smtp/lastOkAt")).endsWith("Z");
    assertThat(renamed.text("/outboundEnabled")).isEqualTo("true");
    assertThat(moved.text("/outboundEnabled")).isEqualTo("false");
    assertThat(moved.text("/smtp/port")).isEqualTo("2525");
    assertThat(again.status()).isEqualTo(409);
    assertThat(deleted).isEqualTo(204);
    assertThat(get(ADMIN_KEY, path).status()).isEqualTo(404);
  }

  @Test
  void passwordsComeBackNowhere(CapturedOutput output) {
    MailUser ada = SERVER.freshUser("ada");
    Answer made = account(ada, WRONG);
    String path = "/accounts/" + made.text("/id");

    Answer test = post(ADMIN_KEY, path + "/test-smtp", null);
    Answer imapTest = post(ADMIN_KEY, path + "/test-imap", null);
    Answer refused = patch(ADMIN_KEY, path, Map.of("smtp", Map.of("password", WRONG, "port", 0)));
    Answer badJson = patch(ADMIN_KEY, path, "{\"smtp\": {\"password\": " + WRONG + "}}");
    Answer shown = get(ADMIN_KEY, path);
    Answer list = get(ADMIN_KEY, "/accounts?limit=200");

    assertThat(test.body().path("ok").asBoolean(true)).isFalse();
    assertThat(imapTest.body().path("ok").asBoolean(true)).isFalse();
    assertThat(refused.status()).isEqualTo(400);
    assertThat(badJson.status()).isEqualTo(400);
    assertThat(shown.text("/smtp/hasPassword")).isEqualTo("true");
    for (Answer answer : java.util.List.of(made, test, imapTest, refused, badJson, shown, list)) {
      assertThat(answer.body().toString()).doesNotContain(WRONG);
    }
    assertThat(output.getAll()).doesNotContain(WRONG);
    assertThat(
            jdbc.sql(
                    "SELECT encode(smtp_secret, 'escape') FROM agent_email_account WHERE id = :id::uuid")
                .param("id", made.text("/id"))
                .query(String.class)
                .single())
        .doesNotContain(WRONG);
  }

  @Test
  void storedPasswordGoesToNoOtherHost() {
    MailUser ada = SERVER.freshUser("ada");
    String path = "/accounts/" + account(ada, ada.password()).text("/id");

    Answer stolen = patch(ADMIN_KEY, path, Map.of("smtp", Map.of("host", "evil.example")));
    Answer honest =
        patch(
            ADMIN_KEY, path, Map.of("smtp", Map.of("host", "mail.example", "password", "another")));

    assertThat(stolen.status()).isEqualTo(400);
    assertThat(stolen.fields()).containsExactly("smtp.password");
    assertThat(honest.status()).isEqualTo(200);
    assertThat(honest.text("/smtp/host")).isEqualTo("mail.example");
  }

  @Test
  void refusedChangeLeavesAllAsItWas() {
    MailUser ada = SERVER.freshUser("ada");
    MailUser ben = SERVER.freshUser("ben");
    String path = "/accounts/" + account(ada, ada.password()).text("/id");
    String other = account(ben, ben.password()).text("/id");
    post(ADMIN_KEY, path + "/test-smtp", null);
    patch(ADMIN_KEY, path, Map.of("outboundEnabled", true));
    Map<String, Object> limits = Map.of("messagesPerHour", 7);

    Answer stranger =
        patch(
            ADMIN_KEY,
            path,
            Map.of(
                "outboundEnabled",
                false,
                "displayName",
                "Ada",
                "limits",
                limits,
                "bounceAccount",
                "018f0000-0000-7000-8000-000000000000"));
    Answer untested =
        patch(
            ADMIN_KEY,
            path,
            Map.of("bounceAccount", other, "limits", limits, "inboundEnabled", true));

    assertThat(stranger.fields()).containsExactly("bounceAccount");
    assertThat(untested.status()).isEqualTo(409);
    Answer shown = get(ADMIN_KEY, path);
    assertThat(shown.text("/outboundEnabled")).isEqualTo("true");
    assertThat(shown.text("/displayName")).isEqualTo("Somebody");
    assertThat(shown.body().at("/limits/own/messagesPerHour").isNull()).isTrue();
    assertThat(shown.body().at("/bounceAccount").isNull()).isTrue();
  }

  @Test
  void foldersAreSetChangedAndTestedOneByOne() {
    MailUser ada = SERVER.freshUser("ada");
    String path = "/accounts/" + account(ada, ada.password()).text("/id");

    Answer several =
        patch(ADMIN_KEY, path, Map.of("imap", Map.of("folders", List.of("INBOX", "Missing"))));
    Answer test = post(ADMIN_KEY, path + "/test-imap", null);
    Answer replaced = patch(ADMIN_KEY, path, Map.of("imap", Map.of("folder", "Orders")));
    Answer untouched = patch(ADMIN_KEY, path, Map.of("imap", Map.of("idle", false)));
    Answer refused =
        patch(ADMIN_KEY, path, Map.of("imap", Map.of("folders", List.of("INBOX", "inbox"))));
    Answer one = patch(ADMIN_KEY, path, Map.of("imap", Map.of("folders", List.of("INBOX"))));

    assertThat(several.body().at("/imap/folders"))
        .extracting(JsonNode::asText)
        .containsExactly("INBOX", "Missing");
    assertThat(several.text("/imap/folder")).isEqualTo("INBOX");
    assertThat(several.body().at("/folders"))
        .extracting(folder -> folder.path("name").asText())
        .containsExactly("INBOX", "Missing");
    assertThat(test.body().path("ok").asBoolean()).isFalse();
    assertThat(test.body().at("/steps"))
        .filteredOn(step -> step.path("name").asText().equals("select"))
        .extracting(step -> step.path("ok").asBoolean())
        .containsExactly(true, false);
    assertThat(test.body().toString()).contains("Missing: ");
    assertThat(untouched.body().at("/imap/folders"))
        .extracting(JsonNode::asText)
        .containsExactly("Orders", "Missing");
    assertThat(replaced.text("/imap/folder")).isEqualTo("Orders");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.body().toString()).contains("imap.folders");
    assertThat(one.body().at("/imap/folders")).hasSize(1);
    assertThat(post(ADMIN_KEY, path + "/test-imap", null).body().path("ok").asBoolean()).isTrue();
  }

  @Test
  void nullRemovesWhatCanBeWithout() {
    MailUser ada = SERVER.freshUser("ada");
    String path = "/accounts/" + account(ada, ada.password()).text("/id");
    Map<String, Object> noImap = new HashMap<>();
    noImap.put("imap", null);
    noImap.put("displayName", null);
    Map<String, Object> noSmtp = new HashMap<>();
    noSmtp.put("smtp", null);

    Answer sendsOnly = patch(ADMIN_KEY, path, noImap);
    Answer neither = patch(ADMIN_KEY, path, noSmtp);

    assertThat(sendsOnly.body().at("/imap").isNull()).isTrue();
    assertThat(sendsOnly.body().at("/displayName").isNull()).isTrue();
    assertThat(neither.status()).isEqualTo(400);
    assertThat(get(ADMIN_KEY, path).text("/smtp/host")).isEqualTo("localhost");
  }

  @Test
  void pausedAccountIsResumed() {
    MailUser ada = SERVER.freshUser("ada");
    String path = "/accounts/" + account(ada, ada.password()).text("/id");

    int pausing = post(ADMIN_KEY, path + "/pause", null).status();
    String paused = get(ADMIN_KEY, path).text("/status");
    int resuming = post(ADMIN_KEY, path + "/resume", null).status();
    String resumed = get(ADMIN_KEY, path).text("/status");

    assertThat(pausing).isEqualTo(202);
    assertThat(paused).isEqualTo("paused");
    assertThat(resuming).isEqualTo(202);
    assertThat(resumed).isEqualTo("disabled");
  }

  @Test
  void addressHasOneAccountOfOneAgent() {
    MailUser ada = SERVER.freshUser("ada");
    Answer first = account(ada, ada.password());

    Answer sameAgent =
        post(ADMIN_KEY, "/accounts", request(first.text("/agent"), ada, ada.password()));
    Answer otherAgent =
        post(ADMIN_KEY, "/accounts", request(agent("default"), ada, ada.password()));

    assertThat(sameAgent.status()).isEqualTo(409);
    assertThat(otherAgent.status()).isEqualTo(409);
    assertThat(otherAgent.text("/detail")).contains("another agent");
  }

  @Test
  void agentWithAnAccountIsNotDeleted() {
    MailUser ada = SERVER.freshUser("ada");
    String agent = account(ada, ada.password()).text("/agent");

    Answer refused = delete(ADMIN_KEY, "/agents/" + agent);

    assertThat(refused.status()).isEqualTo(409);
    assertThat(get(ADMIN_KEY, "/agents/" + agent).status()).isEqualTo(200);
  }

  @Test
  void foreignAccountIsNotThere() {
    MailUser ada = SERVER.freshUser("ada");
    String path = "/accounts/" + account(ada, ada.password()).text("/id");
    String foreign = key("admin", fresh("theirs"));

    assertThat(get(foreign, path).status()).isEqualTo(404);
    assertThat(patch(foreign, path, Map.of("displayName", "x")).status()).isEqualTo(404);
    assertThat(delete(foreign, path).status()).isEqualTo(404);
    for (String action : java.util.List.of("test-smtp", "test-imap", "pause", "resume")) {
      assertThat(post(foreign, path + "/" + action, null).status()).isEqualTo(404);
    }
    assertThat(get(foreign, "/accounts").body().path("items")).isEmpty();
    assertThat(get(ADMIN_KEY, path).text("/status")).isEqualTo("disabled");
  }

  @Test
  void accountOfAForeignAgentIsNotMade() {
    MailUser ada = SERVER.freshUser("ada");
    String foreign = key("operator", fresh("theirs"));

    Answer refused = post(foreign, "/accounts", request(agent("default"), ada, ada.password()));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.fields()).containsExactly("agent");
  }

  @Test
  void listIsWalkedByItsCursor() {
    String ours = fresh("ours");
    String operator = key("operator", ours);
    for (int i = 0; i < 5; i++) {
      MailUser user = SERVER.freshUser("user" + i);
      post(ADMIN_KEY, "/accounts", request(agent(ours), user, user.password()));
    }

    JsonNode first = get(operator, "/accounts?limit=3").body();
    JsonNode second =
        get(operator, "/accounts?limit=3&cursor=" + first.path("next").asText()).body();

    assertThat(first.path("items")).hasSize(3);
    assertThat(second.path("items")).hasSize(2);
    assertThat(second.path("next").isNull()).isTrue();
    assertThat(second.path("items").findValuesAsText("address"))
        .doesNotContainAnyElementsOf(first.path("items").findValuesAsText("address"));
  }

  private Answer account(MailUser user, String password) {
    return post(ADMIN_KEY, "/accounts", request(agent("default"), user, password));
  }

  private static Map<String, Object> request(String agent, MailUser user, String password) {
    return Map.of(
        "agent", agent,
        "address", user.address(),
        "displayName", "Somebody",
        "smtp", server(SERVER.smtpPort(), user, password),
        "imap", server(SERVER.imapPort(), user, password));
  }

  private static Map<String, Object> server(int port, MailUser user, String password) {
    return Map.of(
        "host",
        SERVER.host(),
        "port",
        port,
        "security",
        "none",
        "auth",
        "plain",
        "username",
        user.address(),
        "password",
        password);
  }

  @Test
  void limitsAreTheProvidersUntilTheyAreSet() {
    String organization = fresh("ours");
    String id = account(organization, fresh("ada") + "@example.test");
    patch(
        ADMIN_KEY,
        "/accounts/" + id,
        Map.of(
            "smtp",
            Map.of(
                "host",
                "smtp.office365.com",
                "port",
                587,
                "security",
                "starttls",
                "password",
                "x")));

    Answer preset = get(ADMIN_KEY, "/accounts/" + id);
    Answer set =
        patch(
            ADMIN_KEY,
            "/accounts/" + id,
            Map.of("limits", Map.of("messagesPerMinute", 5, "connections", 1)));
    Answer reset = patch(ADMIN_KEY, "/accounts/" + id, "{\"limits\": null}");
    Answer wrong = patch(ADMIN_KEY, "/accounts/" + id, Map.of("limits", Map.of("connections", 0)));

    assertThat(preset.text("/limits/preset")).isEqualTo("microsoft_365");
    assertThat(preset.body().at("/limits/inForce/messagesPerMinute").asInt()).isEqualTo(30);
    assertThat(preset.body().at("/limits/inForce/connections").asInt()).isEqualTo(3);
    assertThat(set.body().at("/limits/inForce/messagesPerMinute").asInt()).isEqualTo(5);
    assertThat(set.body().at("/limits/inForce/recipientsPerDay").asInt()).isEqualTo(10_000);
    assertThat(set.body().at("/limits/inForce/connections").asInt()).isEqualTo(1);
    assertThat(reset.body().at("/limits/own/messagesPerMinute").isNull()).isTrue();
    assertThat(reset.body().at("/limits/inForce/messagesPerMinute").asInt()).isEqualTo(30);
    assertThat(wrong.fields()).containsExactly("limits.connections");
  }
}
