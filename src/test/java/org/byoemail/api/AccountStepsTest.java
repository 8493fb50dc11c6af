package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;

/** Steps that an account cannot take are refused by the API, and by the database alone too. */
class AccountStepsTest extends WebTest {
  private final String address = fresh("ada") + "@example.test";
  private String id;

  private String path() {
    if (id == null) {
      id = account("default", address);
    }
    return "/accounts/" + id;
  }

  @Test
  void untestedSideIsNotEnabled() {
    Answer outbound = patch(ADMIN_KEY, path(), Map.of("outboundEnabled", true));
    Answer inbound = patch(ADMIN_KEY, path(), Map.of("inboundEnabled", true));

    assertThat(outbound.status()).isEqualTo(409);
    assertThat(outbound.text("/detail")).endsWith("call test-smtp first");
    assertThat(inbound.status()).isEqualTo(409);
    assertThat(inbound.text("/detail")).endsWith("call test-imap first");
  }

  @Test
  void passwordThatNoKeyOpensIsShownAtItsSide() {
    path();
    jdbc.sql("UPDATE agent_email_account SET imap_secret = smtp_secret WHERE id = :id::uuid")
        .param("id", id)
        .update();

    Answer test = post(ADMIN_KEY, path() + "/test-imap", null);

    assertThat(test.status()).isEqualTo(200);
    assertThat(test.body().at("/ok").asBoolean()).isFalse();
    assertThat(test.text("/steps/0/name")).isEqualTo("password");
    assertThat(test.text("/steps/0/detail"))
        .contains(
            "no key of byo.secret.keyset opens the stored password", "set the password again");
  }

  @Test
  void sideWithoutSettingsIsNeitherTestedNorEnabledNorPolled() {
    Map<String, Object> none = new HashMap<>();
    none.put("imap", null);
    patch(ADMIN_KEY, path(), none);

    for (Answer refused :
        java.util.List.of(
            post(ADMIN_KEY, path() + "/test-imap", null),
            post(ADMIN_KEY, path() + "/poll", null),
            patch(ADMIN_KEY, path(), Map.of("inboundEnabled", true)))) {
      assertThat(refused.status()).isEqualTo(409);
      assertThat(refused.text("/detail")).contains("no IMAP settings", "set imap first");
    }
  }

  @Test
  void accountIsPausedAndResumedOnce() {
    int paused = post(ADMIN_KEY, path() + "/pause", null).status();
    Answer pausedAgain = post(ADMIN_KEY, path() + "/pause", null);
    int resumed = post(ADMIN_KEY, path() + "/resume", null).status();
    Answer resumedAgain = post(ADMIN_KEY, path() + "/resume", null);

    assertThat(paused).isEqualTo(202);
    assertThat(pausedAgain.status()).isEqualTo(409);
    assertThat(pausedAgain.text("/detail")).contains("paused already");
    assertThat(resumed).isEqualTo(202);
    assertThat(resumedAgain.status()).isEqualTo(409);
    assertThat(resumedAgain.text("/detail")).contains("not paused");
  }

  @Test
  void accountThatWaitsIsResumedWithoutHavingBeenPaused() {
    path();
    jdbc.sql(
            """
            INSERT INTO account_health (account_id, side, error, error_at, failures, backoff_until)
            VALUES (:id::uuid, 'smtp', '535 no', now(), 1, now() + interval '1 hour')
            """)
        .param("id", id)
        .update();

    int resumed = post(ADMIN_KEY, path() + "/resume", null).status();

    assertThat(resumed).isEqualTo(202);
    assertThat(get(ADMIN_KEY, path()).body().at("/health/smtp/backoffUntil").isNull()).isTrue();
  }

  @Test
  void deletedAccountIsDeletedOnce() {
    int deleted = delete(ADMIN_KEY, path()).status();
    int again = delete(ADMIN_KEY, path()).status();

    assertThat(deleted).isEqualTo(204);
    assertThat(again).isEqualTo(404);
  }

  @Test
  void deletionSaysWhatBecomesOfQueuedMail() {
    path();
    submit();
    submit();
    String held = submit();
    jdbc.sql("UPDATE outbound_delivery SET held_reason = 'unknown' WHERE message_id = :id::uuid")
        .param("id", held)
        .update();

    Answer answer = delete(ADMIN_KEY, path());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().path("queuedMessages").asInt()).isEqualTo(2);
    assertThat(answer.text("/queuedMessagesThen")).isEqualTo("fail");
    assertThat(answer.body().path("heldMessages").asInt()).isEqualTo(1);
    assertThat(answer.text("/detail"))
        .contains("Queued messages: 2;", "no_transport", "Held messages: 1;");
    assertThat(
            jdbc.sql(
                    "SELECT count(*) FROM outbound_delivery d JOIN message m ON m.id = d.message_id"
                        + " WHERE m.from_address = :address AND d.account_id IS NULL")
                .param("address", address)
                .query(Long.class)
                .single())
        .isEqualTo(3);
  }

  @Test
  void consoleAsksBeforeItDeletesAndSaysWhatIsQueued() throws Exception {
    path();
    submit();
    String page = "/console/accounts/" + id + "/delete";
    var session = login();

    var asked =
        mvc.perform(MockMvcRequestBuilders.get(page).cookie(session)).andReturn().getResponse();
    var deleted =
        mvc.perform(MockMvcRequestBuilders.post(page).cookie(session).with(csrf()))
            .andReturn()
            .getFlashMap();

    assertThat(asked.getContentAsString()).contains(address, "Queued messages: 1;");
    assertThat(String.valueOf(deleted.get("done"))).contains(address, "Queued messages: 1;");
    assertThat(get(ADMIN_KEY, path()).status()).isEqualTo(404);
  }

  private String submit() {
    Answer accepted =
        post(
            ADMIN_KEY,
            "/messages",
            Map.of("from", address, "to", "ben@else.test", "subject", "Hello", "body", "Text."));
    assertThat(accepted.status()).as(accepted.body().toString()).isEqualTo(202);
    return accepted.text("/messageId");
  }

  /** Each by SQL alone, of an account that has both sides tested and is in use. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "smtp_host = NULL, smtp_port = NULL, smtp_security = NULL, smtp_auth = NULL, smtp_verified_at = clock_timestamp() | agent_email_account_smtp_settings",
        "imap_host = NULL, imap_port = NULL, imap_security = NULL, imap_auth = NULL, imap_verified_at = clock_timestamp() | agent_email_account_imap_settings",
        "smtp_port = NULL, smtp_verified_at = NULL, outbound_enabled = false | agent_email_account_smtp_settings",
        "imap_auth = NULL, imap_verified_at = NULL, inbound_enabled = false | agent_email_account_imap_settings",
        "smtp_verified_at = NULL | agent_email_account_check",
        "imap_verified_at = NULL | agent_email_account_check",
        "paused_at = NULL | it is not paused",
        "endpoint_id = gen_random_uuid() | its endpoint and agent cannot be changed",
        "agent_id = gen_random_uuid() | its endpoint and agent cannot be changed",
        "smtp_host = 'mail.else.test' | its SMTP settings change",
        "smtp_port = 26 | its SMTP settings change",
        "smtp_security = 'ssl' | its SMTP settings change",
        "smtp_username = 'mallory' | its SMTP settings change",
        "smtp_secret = '\\x00', version = version + 1 | its SMTP settings change",
        "imap_host = 'mail.else.test' | its IMAP settings change",
        "imap_auth = 'login' | its IMAP settings change",
        "imap_username = NULL | its IMAP settings change",
        "imap_secret = NULL, version = version + 1 | its IMAP settings change"
      })
  void databaseRefuses(String assignment, String reason) {
    inUse();

    assertThatThrownBy(() -> set(assignment))
        .isInstanceOf(DataIntegrityViolationException.class)
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "smtp_host = 'mail.else.test', smtp_verified_at = NULL, outbound_enabled = false",
        "imap_port = 144, imap_verified_at = NULL, inbound_enabled = false",
        "smtp_secret = '\\x00'",
        "display_name = 'Ada', version = version + 1",
        "paused_at = now()",
        "outbound_enabled = false, inbound_enabled = false"
      })
  void databaseAllows(String assignment) {
    inUse();

    assertThat(set(assignment)).isEqualTo(1);
  }

  @Test
  void databasePausesOnce() {
    inUse();
    set("paused_at = now()");

    assertThatThrownBy(() -> set("paused_at = clock_timestamp()"))
        .isInstanceOf(DataIntegrityViolationException.class)
        .hasMessageContaining("paused already");
  }

  @Test
  void databaseStoresNoAccountThatWasTestedWithoutSettings() {
    path();
    UUID endpoint = UUID.randomUUID();
    jdbc.sql(
            """
            INSERT INTO endpoint (id, address, owner_agent_id, created_at)
            SELECT :endpoint, :endpoint || '@example.test', agent_id, now() FROM agent_email_account
            WHERE id = :id::uuid
            """)
        .param("endpoint", endpoint)
        .param("id", id)
        .update();

    assertThatThrownBy(
            () ->
                jdbc.sql(
                        """
                        INSERT INTO agent_email_account
                          (id, endpoint_id, agent_id, imap_verified_at, created_at, updated_at)
                        SELECT gen_random_uuid(), :endpoint, agent_id, now(), now(), now()
                        FROM agent_email_account WHERE id = :id::uuid
                        """)
                    .param("endpoint", endpoint)
                    .param("id", id)
                    .update())
        .isInstanceOf(DataIntegrityViolationException.class)
        .hasMessageContaining("agent_email_account_imap_settings");
  }

  private void inUse() {
    path();
    set(
        "smtp_verified_at = now(), imap_verified_at = now(), outbound_enabled = true,"
            + " inbound_enabled = true");
  }

  private int set(String assignment) {
    return jdbc.sql("UPDATE agent_email_account SET " + assignment + " WHERE id = :id::uuid")
        .param("id", id)
        .update();
  }
}
