package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.audit.AuditActor;
import org.byoemail.platform.audit.AuditLog;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.support.TransactionTemplate;

/** What is recorded, and who is shown what of it. */
class AuditApiTest extends WebTest {
  @Autowired private AuditLog audit;
  @Autowired private TransactionTemplate transactions;

  @Test
  void changedFieldsAreNamedWithoutAPassword() {
    String ours = fresh("ours");
    String operator = key("operator", ours);
    String account = account(ours, fresh("ada") + "@example.test");

    patch(
        operator,
        "/accounts/" + account,
        Map.of("smtp", Map.of("host", "127.0.0.1", "password", "a-new-password-of-ada")));
    JsonNode entry = get(operator, "/audit?subject=" + account).body().at("/items/0");

    assertThat(entry.at("/action").asText()).isEqualTo("account.changed");
    assertThat(entry.at("/organization").asText()).isEqualTo(ours);
    assertThat(entry.at("/actor/kind").asText()).isEqualTo("key");
    assertThat(entry.at("/actor/name").asText()).startsWith("operator-");
    assertThat(entry.at("/actor/id").asText()).isNotEmpty();
    assertThat(entry.at("/client").asText()).isEqualTo("127.0.0.1");
    assertThat(entry.at("/details/changed").toString())
        .isEqualTo("[\"smtp.host\",\"smtp.password\"]");
    assertThat(entry.at("/details/before/smtp.host").asText()).isEqualTo("localhost");
    assertThat(entry.at("/details/after/smtp.host").asText()).isEqualTo("127.0.0.1");
    assertThat(
            jdbc.sql(
                    "SELECT count(*) FROM audit_entry WHERE details::text LIKE '%password-of-ada%'")
                .query(Long.class)
                .single())
        .isZero();
  }

  @Test
  void organizationSeesItsOwnEntriesWithoutTheOperatorsNames() {
    String ours = fresh("ours");
    String theirs = fresh("theirs");
    agent(ours);
    agent(theirs);
    post(ADMIN_KEY, "/sending/pause", null);
    post(ADMIN_KEY, "/sending/resume", null);

    Answer shown = get(key("operator", ours), "/audit");
    Answer asked = get(key("operator", ours), "/audit?organization=" + theirs);
    Answer guessed = get(key("operator", ours), "/audit?actor=byo.api.admin-key");
    Answer everything = get(ADMIN_KEY, "/audit?actor=byo.api.admin-key&organization=" + ours);

    assertThat(shown.body().at("/items"))
        .isNotEmpty()
        .allSatisfy(
            entry -> {
              assertThat(entry.at("/organization").asText()).isEqualTo(ours);
              assertThat(entry.at("/actor/name").asText()).isEqualTo("operator");
              assertThat(entry.at("/actor/id").isNull()).isTrue();
              assertThat(entry.at("/client").isNull()).isTrue();
            });
    assertThat(asked.status()).isEqualTo(403);
    assertThat(guessed.body().at("/items")).isEmpty();
    assertThat(everything.body().at("/items"))
        .isNotEmpty()
        .allSatisfy(
            entry -> assertThat(entry.at("/actor/name").asText()).isEqualTo("byo.api.admin-key"));
  }

  @Test
  void filtersAndPagesNarrowTheList() {
    String ours = fresh("ours");
    String key = key("operator", ours);
    String agent = post(key, "/agents", Map.of("name", "One")).text("/id");
    patch(key, "/agents/" + agent, Map.of("name", "Two"));
    post(key, "/suppressions", Map.of("address", "ben@else.test"));

    Answer ofAgents = get(key, "/audit?action=agent.*");
    Answer first = get(key, "/audit?action=agent.*&limit=1");
    Answer second = get(key, "/audit?action=agent.*&limit=1&cursor=" + first.text("/next"));
    Answer exact = get(key, "/audit?action=agent.created&subject=" + agent);
    Answer later = get(key, "/audit?since=2999-01-01T00:00:00Z");
    Answer wrong = get(key, "/audit?since=yesterday");

    assertThat(actions(ofAgents)).containsExactly("agent.changed", "agent.created");
    assertThat(actions(first)).containsExactly("agent.changed");
    assertThat(actions(second)).containsExactly("agent.created");
    assertThat(second.body().at("/next").isNull()).isTrue();
    assertThat(actions(exact)).containsExactly("agent.created");
    assertThat(actions(later)).isEmpty();
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.fields()).containsExactly("since");
  }

  @Test
  void refusedChangeLeavesNoEntry() {
    String ours = fresh("ours");
    String account = account(ours, fresh("ada") + "@example.test");
    long before = entries(account);

    Answer refused =
        patch(
            ADMIN_KEY, "/accounts/" + account, Map.of("outboundEnabled", true, "displayName", "X"));

    assertThat(refused.status()).isEqualTo(409);
    assertThat(entries(account)).isEqualTo(before);
  }

  @Test
  void entryNeedsTheTransactionOfItsChange() {
    assertThatThrownBy(() -> audit.record("account.changed", null, null, Map.of()))
        .isInstanceOf(IllegalTransactionStateException.class);
  }

  @Test
  void entriesAreNeitherChangedNorDeleted() {
    agent(fresh("ours"));

    for (String sql :
        List.of(
            "UPDATE audit_entry SET action = 'nothing'",
            "DELETE FROM audit_entry",
            "TRUNCATE audit_entry")) {
      assertThatThrownBy(() -> jdbc.sql(sql).update())
          .as(sql)
          .isInstanceOf(DataAccessException.class)
          .rootCause()
          .hasMessageContaining("append-only");
    }
  }

  @Test
  void actorThatHasNoKeyIsNamedByTheCaller() {
    String ours = fresh("ours");

    transactions.executeWithoutResult(
        status -> {
          audit.runAs(
              AuditActor.provider("google"),
              () ->
                  audit.record(
                      "account.needs_reauthorization", null, new OrganizationId(ours), Map.of()));
          audit.record("account.refreshed", null, new OrganizationId(ours), Map.of());
        });
    JsonNode items = get(ADMIN_KEY, "/audit?organization=" + ours).body().at("/items");

    assertThat(items.findValuesAsText("kind")).containsExactly("gateway", "provider");
    assertThat(items.at("/1/actor/name").asText()).isEqualTo("google");
    assertThat(items.at("/1/client").isNull()).isTrue();
  }

  @Test
  void longAndHostileDetailsAreCut() {
    String ours = fresh("ours");

    transactions.executeWithoutResult(
        status ->
            audit.record(
                "account.changed",
                null,
                new OrganizationId(ours),
                Map.of("text", "x\u0000\n" + "y".repeat(100_000), "list", List.of(1, "a\u0000"))));
    JsonNode details = get(ADMIN_KEY, "/audit?organization=" + ours).body().at("/items/0/details");

    assertThat(details.path("text").asText()).startsWith("x  yyy").hasSizeLessThan(400);
    assertThat(details.path("list").toString()).isEqualTo("[1,\"a \"]");
  }

  @Test
  void loginsOfTheConsoleAreRecordedWithoutWhatWasTyped() throws Exception {
    login();
    mvc.perform(
        MockMvcRequestBuilders.post("/login")
            .with(csrf())
            .param("username", "a-password-in-the-wrong-field")
            .param("password", "another-password"));

    JsonNode failed = get(ADMIN_KEY, "/audit?action=console.login_failed").body().at("/items/0");
    JsonNode succeeded =
        get(ADMIN_KEY, "/audit?action=console.login_succeeded").body().at("/items/0");

    assertThat(failed.at("/actor/kind").asText()).isEqualTo("anonymous");
    assertThat(failed.at("/client").asText()).isEqualTo("127.0.0.1");
    assertThat(failed.toString()).doesNotContain("a-password", "another-password");
    assertThat(succeeded.at("/actor/kind").asText()).isEqualTo("user");
    assertThat(succeeded.at("/actor/name").asText()).isEqualTo("admin");
  }

  private long entries(String subject) {
    return jdbc.sql("SELECT count(*) FROM audit_entry WHERE subject = :subject::uuid")
        .param("subject", subject)
        .query(Long.class)
        .single();
  }

  private static List<String> actions(Answer answer) {
    return answer.body().at("/items").findValuesAsText("action");
  }
}
