package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.support.StoredMail;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys that are bound to agents or accounts; each operation of the API: AccessMatrixTest. */
class BoundKeysTest extends WebTest {
  private String organization;
  private String agent;
  private String account;
  private String otherAgent;
  private String otherAccount;
  private String otherMessage;

  @BeforeEach
  void twoAgents() {
    organization = fresh("bound");
    account = account(organization, organization + "@example.test");
    agent = agentOf(account);
    otherAccount = account(organization, "other-" + organization + "@example.test");
    otherAgent = agentOf(otherAccount);
    otherMessage = sent(ADMIN_KEY, "other-" + organization + "@example.test").text("/messageId");
  }

  @Test
  void listsHaveWhatConcernsTheAgentOnly() {
    String key = key(Map.of("agents", List.of(agent)));
    String message = sent(key, organization + "@example.test").text("/messageId");
    StoredMail mails = new StoredMail(jdbc);
    UUID received = mails.ingested(UUID.fromString(account), organization, "Ours", null);
    mails.ingested(UUID.fromString(otherAccount), organization, "Theirs", null);

    assertThat(ids(get(key, "/messages"))).containsExactlyInAnyOrder(message, received.toString());
    assertThat(ids(get(key, "/accounts"))).containsExactly(account);
    assertThat(ids(get(key, "/agents"))).containsExactly(agent);
    assertThat(get(key, "/conversations").body().findValuesAsText("agent"))
        .isNotEmpty()
        .containsOnly(agent);
    assertThat(get(key, "/messages/" + otherMessage).status()).isEqualTo(404);
  }

  @Test
  void accountsAgentIsNotPartOfTheBinding() {
    String key = key(Map.of("accounts", List.of(account)));
    String message = sent(key, organization + "@example.test").text("/messageId");

    assertThat(ids(get(key, "/messages"))).containsExactly(message);
    assertThat(ids(get(key, "/agents"))).isEmpty();
    assertThat(get(key, "/agents/" + agent).status()).isEqualTo(404);
    assertThat(get(key, "/conversations").body().path("items")).hasSize(1);
  }

  @Test
  void itSendsAsItsAgentAndAnswersItsMessagesOnly() {
    String key = key(Map.of("agents", List.of(agent)));

    Answer other = sent(key, "other-" + organization + "@example.test");
    Answer answering =
        post(
            key,
            "/messages",
            Map.of(
                "from",
                organization + "@example.test",
                "to",
                "ben@else.test",
                "subject",
                "s",
                "body",
                "b",
                "inReplyTo",
                otherMessage));

    assertThat(other.status()).isEqualTo(400);
    assertThat(other.fields()).containsExactly("from");
    assertThat(answering.fields()).containsExactly("inReplyTo");
  }

  @Test
  void childIsBoundToAsMuchAtMost() {
    String key = key(Map.of("agents", List.of(agent)));

    Answer inherited = create(key, Map.of());
    Answer account = create(key, Map.of("accounts", List.of(this.account)));
    Answer wider = create(key, Map.of("agents", List.of(agent, otherAgent)));
    Answer other = create(key, Map.of("accounts", List.of(otherAccount)));

    assertThat(inherited.text("/agents/0")).isEqualTo(agent);
    assertThat(get(inherited.text("/key"), "/messages/" + otherMessage).status()).isEqualTo(404);
    assertThat(account.status()).isEqualTo(201);
    assertThat(wider.fields()).containsExactly("agents[1]");
    assertThat(other.fields()).containsExactly("accounts[0]");
  }

  @Test
  void permissionsOfTheWholeOrganizationAreNotBound() {
    Answer refused =
        post(
            ADMIN_KEY,
            "/api-keys",
            Map.of(
                "name",
                "bound",
                "permissions",
                List.of("messages:read", "audit:read"),
                "agents",
                List.of(agent)));
    Answer role =
        post(
            ADMIN_KEY,
            "/api-keys",
            Map.of("name", "bound", "role", "producer", "agents", List.of(agent)));
    Answer mixed =
        create(
            ADMIN_KEY,
            Map.of("agents", List.of(agent), "accounts", List.of(account(fresh("b"), "b@b.test"))));

    assertThat(refused.fields()).containsExactly("permissions[1]");
    assertThat(role.fields()).containsExactly("agents");
    assertThat(mixed.fields()).containsExactly("accounts[0]");
  }

  @Test
  void webhookNamesWhatTheKeyIsBoundTo() {
    String key = key(Map.of("agents", List.of(agent)));
    Map<String, Object> wide = Map.of("url", "http://localhost:1/hook");

    Answer refused = post(key, "/webhooks", wide);
    Answer created =
        post(key, "/webhooks", Map.of("url", "http://localhost:1/a", "agents", List.of(agent)));
    Answer all =
        post(
            ADMIN_KEY,
            "/webhooks",
            Map.of("url", "http://localhost:1/b", "organization", organization));

    assertThat(refused.fields()).containsExactly("agents");
    assertThat(created.status()).isEqualTo(201);
    assertThat(ids(get(key, "/webhooks"))).containsExactly(created.text("/id"));
    assertThat(get(key, "/webhooks/" + all.text("/id")).status()).isEqualTo(404);
  }

  @Test
  void nodeOfTheVersionBeforeReadsNoPermission() {
    Answer made = create(ADMIN_KEY, Map.of("agents", List.of(agent)));

    // What that version reads; it ignores words that it does not know.
    List<String> read =
        List.of(
            jdbc.sql(
                    "SELECT array_to_string(permissions, ',') FROM issued_key WHERE id = :id::uuid")
                .param("id", made.text("/id"))
                .query(String.class)
                .single()
                .split(","));

    assertThat(read).containsExactly("bound");
    assertThat(made.body().path("permissions").toString()).contains("messages:read");
  }

  private String key(Map<String, Object> binding) {
    return create(ADMIN_KEY, binding).text("/key");
  }

  private Answer create(String maker, Map<String, Object> binding) {
    Map<String, Object> body = new java.util.HashMap<>(binding);
    body.put("name", "bound");
    body.put(
        "permissions",
        List.of(
            "messages:send",
            "messages:read",
            "agents:read",
            "accounts:read",
            "events:read",
            "webhooks:read",
            "webhooks:write",
            "keys:manage"));
    return post(maker, "/api-keys", body);
  }

  private Answer sent(String key, String from) {
    return post(
        key,
        "/messages",
        Map.of("from", from, "to", "ben@else.test", "subject", "Hello", "body", "Text."));
  }

  private String agentOf(String account) {
    return get(ADMIN_KEY, "/accounts/" + account).text("/agent");
  }

  private static List<String> ids(Answer answer) {
    List<String> ids = new ArrayList<>();
    answer.body().path("items").forEach(one -> ids.add(one.path("id").asText()));
    return ids;
  }
}
