package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.byoemail.account.testrun.TestRuns;
import org.byoemail.support.ScriptedSmtpServer;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Connection tests in the background: what is seen of them while they run, and afterwards. */
class TestRunApiTest extends WebTest {
  @Autowired private TestRuns runs;

  private final ScriptedSmtpServer server = new ScriptedSmtpServer();
  private final String organization = fresh("tester");
  private String account;
  private String path;
  private String key;

  @BeforeEach
  void account() {
    server.answer("NOOP", ScriptedSmtpServer.HELD);
    key = key("operator", organization);
    account =
        post(
                key,
                "/accounts",
                Map.of(
                    "agent",
                    agent(organization),
                    "address",
                    fresh("ada") + "@example.test",
                    "smtp",
                    Map.of(
                        "host", "localhost",
                        "port", server.port(),
                        "security", "none",
                        "auth", "none")))
            .text("/id");
    path = "/accounts/" + account + "/test-runs";
  }

  @AfterEach
  void close() {
    server.release();
    server.close();
  }

  @Test
  void stepsAreSeenAsTheyHappen() {
    Answer begun = begin();

    Answer held = at("noop", begun);
    Answer second = begin();
    server.release();
    Answer ended = ended(begun);

    assertThat(begun.status()).as(begun.body().toString()).isEqualTo(202);
    assertThat(held.body().at("/sides/0/steps").findValuesAsText("name"))
        .containsExactly("host", "connect", "greeting", "ehlo");
    assertThat(held.body().at("/sides/0/ok").isNull()).isTrue();
    assertThat(second.text("/id")).isEqualTo(begun.text("/id"));
    assertThat(ended.text("/state")).isEqualTo("passed");
    assertThat(ended.body().at("/sides/0/steps").findValuesAsText("name")).endsWith("ehlo", "noop");
    assertThat(get(key, "/accounts/" + account).text("/smtp/verifiedAt")).isNotEmpty();
    assertThat(begin().text("/id")).isNotEqualTo(begun.text("/id"));
  }

  @Test
  void runWhoseNodeStoppedEndsAtItsDeadline() {
    Answer begun = begin();
    at("noop", begun);
    jdbc.sql("UPDATE test_run SET deadline_at = now() - interval '1 second' WHERE id = :id::uuid")
        .param("id", begun.text("/id"))
        .update();

    Answer lost = get(key, path + "/" + begun.text("/id"));
    Answer next = begin();

    assertThat(lost.text("/state")).isEqualTo("failed");
    assertThat(lost.text("/problem")).contains("stopped during the test");
    assertThat(next.text("/id")).isNotEqualTo(begun.text("/id"));
  }

  @Test
  void runsAreKeptForAnHour() {
    Answer begun = begin();
    server.release();
    ended(begun);
    jdbc.sql("UPDATE test_run SET begun_at = begun_at - interval '61 minutes' WHERE id = :id::uuid")
        .param("id", begun.text("/id"))
        .update();

    int status = get(key, path + "/" + begun.text("/id")).status();
    runs.tidy();

    assertThat(status).isEqualTo(404);
    assertThat(
            jdbc.sql("SELECT count(*) FROM test_run WHERE id = :id::uuid")
                .param("id", begun.text("/id"))
                .query(Integer.class)
                .single())
        .isZero();
  }

  @Test
  void badRequestsNameTheirReason() {
    Answer other = post(key, path, Map.of("side", "pop3"));
    Answer absent = post(key, path, Map.of("side", "imap"));
    Answer unknown = get(key, path + "/" + UUID.randomUUID());

    assertThat(other.status()).isEqualTo(400);
    assertThat(other.body().toString()).contains("side", "smtp or imap");
    assertThat(absent.status()).isEqualTo(409);
    assertThat(unknown.status()).isEqualTo(404);
  }

  private Answer begin() {
    return post(key, path, Map.of("side", "smtp"));
  }

  private Answer at(String step, Answer run) {
    return await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () -> get(key, path + "/" + run.text("/id")),
            now -> step.equals(now.text("/sides/0/current")));
  }

  private Answer ended(Answer run) {
    return await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () -> get(key, path + "/" + run.text("/id")),
            now -> !now.text("/state").equals("running"));
  }
}
