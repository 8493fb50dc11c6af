package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.UUID;
import org.byoemail.account.testmail.TestMails;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Test mails by the API, up to the queue: here nothing leaves it. */
class TestMailApiTest extends WebTest {
  @Autowired private TestMails testMails;

  private final String organization = fresh("tester");
  private final String address = fresh("ada") + "@example.test";
  private String account;
  private String path;
  private String key;

  @BeforeEach
  void account() {
    account = account(organization, address);
    path = "/accounts/" + account + "/test-mail";
    key = key("operator", organization);
    jdbc.sql(
            "UPDATE agent_email_account SET smtp_verified_at = now(), outbound_enabled = true"
                + " WHERE id = :id::uuid")
        .param("id", account)
        .update();
  }

  @Test
  void testMailIsASubmissionToTheAccountsOwnAddress() {
    Answer sent = post(key, path, null);

    assertThat(sent.status()).as(sent.body().toString()).isEqualTo(202);
    assertThat(sent.text("/to")).isEqualTo(address);
    assertThat(sent.text("/status")).isEqualTo("submitted");
    assertThat(sent.body().at("/steps").findValuesAsText("state"))
        .containsExactly("done", "waiting", "waiting");
    Answer message = get(key, "/messages/" + sent.text("/messageId"));
    assertThat(message.text("/metadata/testMail")).isEqualTo(sent.text("/id"));
    assertThat(
            jdbc.sql("SELECT headers::text FROM message WHERE id = :id::uuid")
                .param("id", sent.text("/messageId"))
                .query(String.class)
                .single())
        .contains("X-BYO-Test-Mail", sent.text("/id"), "auto-generated");
  }

  @Test
  void itIsRecordedWhoAskedForIt() {
    String id = post(key, path, Map.of("to", "ben@else.test")).text("/id");

    assertThat(
            jdbc.sql(
                    "SELECT details::text FROM audit_entry WHERE action = 'account.test_mail_requested'"
                        + " AND actor = 'key' AND subject = :account::uuid")
                .param("account", account)
                .query(String.class)
                .single())
        .contains("ben@else.test", id);
  }

  @Test
  void addressThatIsNoneIsAProblemOfTheField() {
    Answer refused = post(key, path, Map.of("to", "no address"));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.fields()).containsExactly("to");
  }

  @Test
  void accountThatDoesNotSendIsTold() {
    patch(key, "/accounts/" + account, Map.of("outboundEnabled", false));
    Answer disabled = post(key, path, null);
    patch(key, "/accounts/" + account, Map.of("outboundEnabled", true));
    post(key, "/accounts/" + account + "/pause", null);
    Answer paused = post(key, path, null);

    assertThat(disabled.status()).isEqualTo(409);
    assertThat(disabled.text("/detail")).contains("outboundEnabled");
    assertThat(paused.status()).isEqualTo(409);
    assertThat(paused.text("/detail")).contains("resume it first");
  }

  @Test
  void accountAndKeyAreLimited() {
    for (int i = 0; i < TestMails.MAX_OF_ACCOUNT; i++) {
      assertThat(post(key, path, null).status()).isEqualTo(202);
    }

    Answer ofAccount = post(key("operator", organization), path, null);
    jdbc.sql("UPDATE test_mail SET account_id = gen_random_uuid() WHERE account_id = :id::uuid")
        .param("id", account)
        .update();
    jdbc.sql(
            """
            INSERT INTO test_mail (id, account_id, organization, requested_by, recipient, requested_at)
            SELECT gen_random_uuid(), gen_random_uuid(), 'x', requested_by, 'a@b.test', now()
            FROM test_mail, generate_series(1, 2) WHERE organization = :organization
            """)
        .param("organization", organization)
        .update();
    Answer ofKey = post(key, path, null);
    int ofAnotherKey = post(key("operator", organization), path, null).status();

    assertThat(ofAccount.status()).isEqualTo(429);
    assertThat(ofAccount.response().getHeader("Retry-After")).isEqualTo("600");
    assertThat(ofAccount.text("/detail")).contains("10 test mails");
    assertThat(ofKey.status()).isEqualTo(429);
    assertThat(ofKey.text("/detail")).contains("30 test mails");
    assertThat(ofAnotherKey).isEqualTo(202);
  }

  @Test
  void waitIsBounded() {
    String id = post(key, path, null).text("/id");

    assertThat(get(key, path + "/" + id + "?wait=31s").fields()).containsExactly("wait");
    assertThat(get(key, path + "/" + id + "?wait=-1s").fields()).containsExactly("wait");
    assertThat(get(key, path + "/" + id + "?wait=soon").fields()).containsExactly("wait");
    assertThat(get(key, path + "/" + id + "?wait=1ms").text("/status")).isEqualTo("submitted");
    assertThat(get(key, path + "/" + UUID.randomUUID()).status()).isEqualTo(404);
  }

  @Test
  void arrivalEndsTheWait() {
    UUID id = UUID.fromString(post(key, path, null).text("/id"));
    testMails.arrived(java.util.Set.of(id), "Junk");

    Answer arrived = get(key, path + "/" + id + "?wait=30s");

    assertThat(arrived.text("/status")).isEqualTo("arrived");
    assertThat(arrived.text("/folder")).isEqualTo("Junk");
    assertThat(arrived.body().at("/delayMillis").isNumber()).isTrue();
  }

  @Test
  void refusalOfTheServerIsShown() {
    Answer sent = post(key, path, null);
    jdbc.sql(
            "UPDATE message_recipient SET status = 'failed', diagnostic = '550 5.7.1 not you'"
                + " WHERE message_id = :id::uuid")
        .param("id", sent.text("/messageId"))
        .update();

    Answer failed = get(key, path + "/" + sent.text("/id") + "?wait=30s");

    assertThat(failed.text("/status")).isEqualTo("failed");
    assertThat(failed.text("/steps/1/state")).isEqualTo("failed");
    assertThat(failed.text("/steps/1/detail")).isEqualTo("550 5.7.1 not you");
  }

  @Test
  void consoleSendsOneAndShowsItsSteps() throws Exception {
    var session = login();
    var sent =
        mvc.perform(
                org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post(
                        "/console/accounts/" + account + "/test-mail")
                    .cookie(session)
                    .with(csrf()))
            .andReturn()
            .getResponse();
    var page =
        mvc.perform(
                org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get(
                        sent.getRedirectedUrl())
                    .cookie(session))
            .andReturn()
            .getResponse();

    assertThat(sent.getRedirectedUrl()).contains("/test-mail/");
    assertThat(page.getStatus()).isEqualTo(200);
    assertThat(page.getHeader("Refresh")).isEqualTo("3");
    assertThat(page.getContentAsString()).contains("submitted", "accepted", "arrived", address);
  }
}
