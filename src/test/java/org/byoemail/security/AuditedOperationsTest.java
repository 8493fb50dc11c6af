package org.byoemail.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.servlet.http.Cookie;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.byoemail.support.StoredMail;
import org.byoemail.support.WebTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpMethod;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Every operation of API and console that changes something, each done once: it leaves an entry in
 * the audit log that says who did it and from where. An operation that is neither in the table nor
 * exempt fails the test.
 */
class AuditedOperationsTest extends WebTest {
  private static final Map<String, Object> WITHOUT_PROOF =
      Map.of("authservId", "mx.else.test", "withoutProof", true);

  private static final String CONNECT = "/connect/{token:[A-Za-z0-9_-]{20,100}}";

  /** What needs no entry, and why. */
  private static final Map<String, String> EXEMPT =
      Map.ofEntries(
          Map.entry("POST /mcp", "its tools send mail, which is stored with its key"),
          Map.entry("POST /api/v1/messages", "mail is stored with the key that handed it in"),
          Map.entry("POST /api/v1/messages/batch", "mail is stored with the key that handed it in"),
          Map.entry("PATCH /api/v1/messages/{id}", "labels are read with the message"),
          Map.entry("PATCH /api/v1/conversations/{id}", "labels are read with the conversation"),
          Map.entry("POST /invitations/{token}", "needs no login; has an entry: PeoplePagesTest"),
          Map.entry("POST /console/profile/password", "by the person: PeoplePagesTest"),
          Map.entry("POST /login/code", "has entries: SecondFactorLoginTest"),
          Map.entry("POST /login/passkey", "has entries: PasskeyLoginTest"),
          Map.entry("POST /login/passkey/options", "changes nothing"),
          Map.entry("POST /console/profile/passkeys", "by the person: PasskeyLoginTest"),
          Map.entry("POST /console/profile/passkeys/options", "changes nothing"),
          Map.entry("POST /console/profile/passkeys/remove", "by the person: PasskeyLoginTest"),
          Map.entry("POST /console/profile/second-factor/begin", "has no effect until confirmed"),
          Map.entry(
              "POST /console/profile/second-factor/confirm",
              "by the person: SecondFactorLoginTest"),
          Map.entry(
              "POST /console/profile/second-factor/recovery-codes",
              "by the person: SecondFactorLoginTest"),
          Map.entry(
              "POST /console/profile/second-factor/remove", "by the person: SecondFactorLoginTest"),
          Map.entry("POST /console/profile/sessions/end", "by the person: PeoplePagesTest"),
          Map.entry("POST /console/inbox/{id}/labels", "labels are read with the message"),
          Map.entry(
              "POST /console/conversations/{id}/labels", "labels are read with the conversation"),
          Map.entry(
              "POST /api/v1/messages/{id}/mailbox-actions",
              "needs a mailbox that was read: MailboxActionsTest"),
          Map.entry("POST /api/v1/drafts", "a draft has no effect until it is sent"),
          Map.entry("PUT /api/v1/drafts/{id}", "a draft has no effect until it is sent"),
          Map.entry("DELETE /api/v1/drafts/{id}", "a draft has no effect until it is sent"),
          Map.entry("POST /console/drafts/{id}/delete", "a draft has no effect until it is sent"),
          Map.entry("POST /console/drafts/{id}/send", "mail is stored with who handed it in"),
          Map.entry(
              "POST /api/v1/drafts/{id}/send", "mail is stored with the key that handed it in"),
          Map.entry("POST /api/v1/attachments", "kept for a while only, unless a message uses it"),
          Map.entry("POST /api/v1/messages/validate", "changes nothing"),
          Map.entry(
              "POST /api/v1/messages/{id}/reply", "mail is stored with the key that handed it in"),
          Map.entry(
              "POST /api/v1/messages/{id}/reply-all",
              "mail is stored with the key that handed it in"),
          Map.entry(
              "POST /api/v1/messages/{id}/forward",
              "mail is stored with the key that handed it in"),
          Map.entry("POST /api/v1/accounts/{id}/poll", "changes nothing"),
          Map.entry("POST /console/accounts/{id}/poll", "changes nothing"),
          Map.entry("POST /api/v1/accounts/discover", "changes nothing"),
          Map.entry("POST /console/accounts/discover", "changes nothing"),
          Map.entry("POST /console/erasures/confirm", "changes nothing"),
          Map.entry(
              "POST /api/v1/accounts/{id}/authorize", "prepares a sign-in, which has an entry"),
          Map.entry("POST /connect/oauth/start/{token}", "begins a sign-in, which has an entry"),
          Map.entry(
              "POST /connect/unsubscribe/{token:[A-Za-z0-9_-]{40,600}}",
              "is a recipient's; has an event: UnsubscribeTest"),
          Map.entry("POST /console/accounts/{id}/sign-in", "begins a sign-in, which has an entry"),
          Map.entry(
              "POST /api/v1/accounts/{id}/aliases/prove", "needs mail servers; has an entry first"),
          Map.entry(
              "POST /console/accounts/{id}/aliases/prove",
              "needs mail servers; has an entry first"),
          Map.entry(
              "POST /api/v1/accounts/{id}/authserv-id/probe", "needs mail servers: AuthservIdTest"),
          Map.entry(
              "POST /console/accounts/{id}/authserv-id/probe",
              "needs mail servers: AuthservIdTest"),
          Map.entry(
              "POST /api/v1/accounts/{id}/catch-all/prove", "has an entry first: CatchAllApiTest"),
          Map.entry(
              "POST /console/accounts/{id}/catch-all/prove", "has an entry first: CatchAllApiTest"),
          Map.entry(
              "POST /api/v1/accounts/{id}/test-mail", "needs mail servers; has an entry first"),
          Map.entry(
              "POST /console/accounts/{id}/test-mail", "needs mail servers; has an entry first"),
          Map.entry("PUT /api/v1/event-cursors/{name}", "the consumer's own bookkeeping"),
          Map.entry("DELETE /api/v1/event-cursors/{name}", "the consumer's own bookkeeping"),
          Map.entry("POST /api/v1/test/inbound", "needs the inbound routes: HeldMailTest"),
          Map.entry("POST /api/v1/held/{id}/release", "needs the inbound routes: HeldMailTest"),
          Map.entry("POST /api/v1/held/release", "needs the inbound routes: HeldMailTest"),
          Map.entry("POST /console/held/{id}/release", "needs the inbound routes: HeldMailTest"),
          Map.entry("POST /console/held/release", "needs the inbound routes: HeldMailTest"),
          Map.entry("POST /api/v1/reviewers", "needs a transport: ReviewLinksTest"),
          Map.entry("POST /console/reviewers", "needs a transport: ReviewLinksTest"),
          Map.entry(
              "POST /api/v1/reviewers/{id}/confirmation", "needs a transport: ReviewerSetupTest"),
          Map.entry(
              "POST /console/reviewers/{id}/confirmation", "needs a transport: ReviewerSetupTest"),
          Map.entry(
              "POST /connect/reviewer/{token:[A-Za-z0-9_-]{43}}/confirm",
              "by the link: ReviewLinksTest"),
          Map.entry(
              "POST /connect/review/{token:[A-Za-z0-9_-]{43}}/approve",
              "by the link: ReviewLinksTest"),
          Map.entry(
              "POST /connect/review/{token:[A-Za-z0-9_-]{43}}/reject",
              "by the link: ReviewLinksTest"),
          Map.entry("POST /console/webhooks/{id}/test", "needs a receiver; has an entry first"),
          Map.entry("POST /hooks/postmark", "the bounces say what was reported"),
          Map.entry("POST " + CONNECT + "/begin", "the entry is that of the connected account"),
          Map.entry("POST " + CONNECT + "/address", "the entry is that of the connected account"),
          Map.entry("POST " + CONNECT + "/other-address", "changes nothing"),
          Map.entry("POST " + CONNECT + "/provider/{name}", "begins a sign-in by the link"),
          Map.entry("POST " + CONNECT + "/application", "by the link: SignInBrowserTest"),
          Map.entry("POST " + CONNECT + "/password", "by the link: ConnectLinksApiTest"));

  private static final Set<RequestMethod> CHANGING =
      Set.of(RequestMethod.POST, RequestMethod.PUT, RequestMethod.PATCH, RequestMethod.DELETE);
  private static final String PASSWORD = "password-of-the-audit-test";

  @Autowired
  @Qualifier("requestMappingHandlerMapping")
  private RequestMappingHandlerMapping mappings;

  private final Map<String, Operation> table = new TreeMap<>();
  private String organization = "";
  private String agent = "";
  private String account = "";
  private String address = "";
  private @Nullable Cookie session;

  private record Operation(String action, Runnable request) {}

  @BeforeEach
  void things() {
    organization = fresh("audited");
    newAccount();
    api("POST /agents", "agent.created", () -> agent(organization));
    api(
        "PATCH /agents/{id}",
        "agent.changed",
        () -> patched("/agents/" + agent, Map.of("name", fresh("Agent"))));
    api("DELETE /agents/{id}", "agent.deleted", () -> deleted("/agents/" + agent(organization)));
    api(
        "POST /agents/{id}/held-correspondents/lift",
        "agent.held_correspondent_lifted",
        () -> posted("/agents/" + agent + "/held-correspondents/lift", Map.of("address", held())));
    api(
        "POST /accounts",
        "account.created",
        () -> account(organization, fresh("new") + "@example.test"));
    api(
        "PATCH /accounts/{id}",
        "account.changed",
        () -> patched("/accounts/" + account, Map.of("smtp", Map.of("password", PASSWORD))));
    api("DELETE /accounts/{id}", "account.deleted", () -> deleted("/accounts/" + anotherAccount()));
    api(
        "POST /accounts/{id}/pause",
        "account.paused",
        () -> posted("/accounts/" + account + "/pause", null));
    api(
        "POST /accounts/{id}/resume",
        "account.resumed",
        () -> {
          posted("/accounts/" + account + "/pause", null);
          posted("/accounts/" + account + "/resume", null);
        });
    api(
        "POST /accounts/{id}/test-smtp",
        "account.tested",
        () -> posted("/accounts/" + account + "/test-smtp", null));
    api(
        "POST /accounts/{id}/test-imap",
        "account.tested",
        () -> posted("/accounts/" + account + "/test-imap", null));
    api(
        "PUT /accounts/{id}/sent-folder",
        "account.sent_folder_changed",
        () ->
            ok(
                call(
                    HttpMethod.PUT,
                    ADMIN_KEY,
                    "/accounts/" + account + "/sent-folder",
                    Map.of("enabled", true))));
    api(
        "PUT /accounts/{id}/drafts-folder",
        "account.drafts_folder_changed",
        () -> ok(put("/accounts/" + account + "/drafts-folder", Map.of("mirrorDrafts", true))));
    api("POST /accounts/import", "accounts.imported", this::importedByApi);
    api(
        "POST /accounts/connect-links",
        "connect_link.created",
        () -> posted("/accounts/connect-links", Map.of("agent", agent)));
    api(
        "DELETE /accounts/connect-links/{id}",
        "connect_link.revoked",
        () -> deleted("/accounts/connect-links/" + newLink()));
    console(
        "/connect-links",
        "connect_link.created",
        () -> form("/connect-links", "agent", agent, "days", "1"));
    console(
        "/connect-links/{id}/revoke",
        "connect_link.revoked",
        () -> form("/connect-links/" + newLink() + "/revoke"));
    api("POST /oauth-clients", "oauth_client.created", this::newOAuthClient);
    api(
        "PATCH /oauth-clients/{id}",
        "oauth_client.changed",
        () -> patched("/oauth-clients/" + newOAuthClient(), Map.of("secret", PASSWORD)));
    api(
        "DELETE /oauth-clients/{id}",
        "oauth_client.deleted",
        () -> deleted("/oauth-clients/" + newOAuthClient()));
    api(
        "PUT /accounts/{id}/aliases",
        "account.aliases_changed",
        () -> ok(put("/accounts/" + account + "/aliases", Map.of("aliases", List.of()))));
    console(
        "/accounts/{id}/aliases",
        "account.aliases_changed",
        () -> form("/accounts/" + account + "/aliases", "addresses", fresh("a") + "@else.test"));
    api("POST /webhooks", "webhook.created", this::newWebhook);
    api(
        "PATCH /webhooks/{id}",
        "webhook.changed",
        () -> patched("/webhooks/" + newWebhook(), Map.of("types", List.of("message.sent"))));
    api("DELETE /webhooks/{id}", "webhook.deleted", () -> deleted("/webhooks/" + newWebhook()));
    api(
        "POST /webhooks/{id}/pause",
        "webhook.paused",
        () -> posted("/webhooks/" + newWebhook() + "/pause", null));
    api(
        "POST /webhooks/{id}/resume",
        "webhook.resumed",
        () -> posted("/webhooks/" + pausedWebhook() + "/resume", null));
    api(
        "POST /webhooks/{id}/rotate",
        "webhook.secret_rotated",
        () -> posted("/webhooks/" + newWebhook() + "/rotate", null));
    api(
        "POST /webhooks/{id}/test",
        "webhook.tested",
        () -> posted("/webhooks/" + newWebhook() + "/test", null));
    api(
        "POST /webhooks/{id}/replay",
        "webhook.replayed",
        () -> posted("/webhooks/" + newWebhook() + "/replay", Map.of("after", 0)));
    console(
        "/webhooks",
        "webhook.created",
        () -> form("/webhooks", "url", "http://localhost:1/hook", "organization", organization));
    console(
        "/webhooks/{id}/pause",
        "webhook.paused",
        () -> form("/webhooks/" + newWebhook() + "/pause"));
    console(
        "/webhooks/{id}/resume",
        "webhook.resumed",
        () -> form("/webhooks/" + pausedWebhook() + "/resume"));
    console(
        "/webhooks/{id}/rotate",
        "webhook.secret_rotated",
        () -> form("/webhooks/" + newWebhook() + "/rotate"));
    console(
        "/webhooks/{id}/replay",
        "webhook.replayed",
        () -> form("/webhooks/" + newWebhook() + "/replay"));
    console(
        "/webhooks/{id}/delete",
        "webhook.deleted",
        () -> form("/webhooks/" + newWebhook() + "/delete"));
    api(
        "PUT /accounts/{id}/authserv-id",
        "account.authserv_id_trusted",
        () -> ok(put("/accounts/" + account + "/authserv-id", WITHOUT_PROOF)));
    api(
        "DELETE /accounts/{id}/authserv-id",
        "account.authserv_id_distrusted",
        () -> {
          ok(put("/accounts/" + account + "/authserv-id", WITHOUT_PROOF));
          deleted("/accounts/" + account + "/authserv-id");
        });
    console(
        "/accounts/{id}/authserv-id",
        "account.authserv_id_trusted",
        () ->
            form(
                "/accounts/" + account + "/authserv-id",
                "authservId",
                "mx.else.test",
                "withoutProof",
                "true"));
    console(
        "/accounts/{id}/authserv-id/withdraw",
        "account.authserv_id_distrusted",
        () -> {
          ok(put("/accounts/" + account + "/authserv-id", WITHOUT_PROOF));
          form("/accounts/" + account + "/authserv-id/withdraw");
        });
    api(
        "PUT /accounts/{id}/catch-all",
        "account.catch_all_changed",
        () -> ok(put("/accounts/" + account + "/catch-all", Map.of("domains", List.of()))));
    console(
        "/accounts/{id}/catch-all",
        "account.catch_all_changed",
        () -> form("/accounts/" + account + "/catch-all", "domain", fresh("d") + ".test"));
    console(
        "/accounts/{id}/catch-all/remove",
        "account.catch_all_changed",
        () -> form("/accounts/" + account + "/catch-all/remove", "domain", fresh("d") + ".test"));
    api("POST /api-keys", "api_key.created", () -> key("producer", organization));
    api(
        "POST /api-keys/{id}/rotate",
        "api_key.rotated",
        () -> posted("/api-keys/" + newKey() + "/rotate", null));
    api("DELETE /api-keys/{id}", "api_key.deleted", () -> deleted("/api-keys/" + newKey()));
    people();
    api("POST /suppressions", "suppression.added", () -> suppressed(fresh("a") + "@else.test"));
    api(
        "DELETE /suppressions",
        "suppression.lifted",
        () ->
            deleted(
                "/suppressions?organization=" + organization + "&address=" + suppressedAddress()));
    api("DELETE /messages/{id}", "message.cancelled", () -> deleted("/messages/" + message()));
    api(
        "POST /messages/{id}/release",
        "message.released",
        () -> posted("/messages/" + heldMessage() + "/release", null));
    api(
        "POST /messages/{id}/resend",
        "message.resent",
        () -> posted("/messages/" + failedMessage() + "/resend", null));
    api(
        "POST /held/{id}/discard",
        "held.discarded",
        () -> posted("/held/" + heldMail() + "/discard", null));
    api(
        "POST /held/{id}/trust",
        "held.trusted",
        () -> posted("/held/" + heldMail() + "/trust", Map.of("signer", "list.test")));
    api(
        "DELETE /agents/{id}/trusted-ways/{way}",
        "agent.trusted_way_removed",
        () -> deleted("/agents/" + agent + "/trusted-ways/" + trustedWay()));
    api(
        "POST /quarantine/{id}/retry",
        "quarantine.retried",
        () -> posted("/quarantine/" + quarantined() + "/retry", null));
    api(
        "POST /dead-letters/{id}/resend",
        "dead_letter.resent",
        () -> posted("/dead-letters/" + rejected() + "/resend", null));
    api(
        "POST /agents/{id}/contact-requests",
        "contact.requested",
        () -> contactRequest(fresh("new") + "@else.test"));
    api(
        "POST /contact-requests/{id}/approve",
        "contact.approved",
        () ->
            posted(
                "/contact-requests/" + contactRequest(fresh("yes") + "@else.test") + "/approve",
                Map.of()));
    api(
        "POST /contact-requests/{id}/reject",
        "contact.rejected",
        () ->
            posted(
                "/contact-requests/" + contactRequest(fresh("no") + "@else.test") + "/reject",
                Map.of("reason", "a stranger")));
    api(
        "POST /sending/stops",
        "sending.stopped",
        () -> posted("/sending/stops", Map.of("agent", agent)));
    api(
        "DELETE /sending/stops",
        "sending.started",
        () -> {
          posted("/sending/stops", Map.of("agent", agent));
          deleted("/sending/stops?agent=" + agent);
        });
    api("POST /sending/pause", "sending.paused", () -> posted("/sending/pause", null));
    for (var action :
        Map.of("stop", "stopped", "start", "started", "suspend", "suspended", "resume", "resumed")
            .entrySet()) {
      api(
          "POST /routes/{id}/" + action.getKey(),
          "route." + action.getValue(),
          () -> posted("/routes/" + route() + "/" + action.getKey(), null));
    }
    api(
        "POST /erasures",
        "person.erased",
        () ->
            posted(
                "/erasures",
                Map.of("organization", organization, "address", fresh("gone") + "@else.test")));
    api(
        "POST /exports",
        "person.exported",
        () ->
            posted("/exports", Map.of("organization", organization, "address", "gone@else.test")));
    api(
        "PUT /retention",
        "retention.changed",
        () ->
            ok(
                call(
                    HttpMethod.PUT,
                    ADMIN_KEY,
                    "/retention",
                    Map.of("organization", organization, "messages", 0))));
    api("POST /outgoing-rules", "outgoing_rule.created", this::newRule);
    api(
        "PUT /outgoing-rules/{id}",
        "outgoing_rule.changed",
        () ->
            ok(
                call(
                    HttpMethod.PUT,
                    ADMIN_KEY,
                    "/outgoing-rules/" + newRule(),
                    Map.of("entries", List.of("other")))));
    api(
        "DELETE /outgoing-rules/{id}",
        "outgoing_rule.deleted",
        () -> deleted("/outgoing-rules/" + newRule()));
    console(
        "/outgoing-rules",
        "outgoing_rule.created",
        () ->
            form(
                "/outgoing-rules",
                "organization",
                organization,
                "name",
                fresh("rule"),
                "kind",
                "words",
                "entries",
                "one\ntwo"));
    console(
        "/outgoing-rules/{id}",
        "outgoing_rule.changed",
        () -> form("/outgoing-rules/" + newRule(), "ignoreCase", "true", "entries", "other"));
    console(
        "/outgoing-rules/{id}/delete",
        "outgoing_rule.deleted",
        () -> form("/outgoing-rules/" + newRule() + "/delete"));
    api(
        "POST /reviews/{id}/approve",
        "message.approved",
        () -> posted("/reviews/" + review() + "/approve", Map.of("version", 1)));
    api(
        "POST /reviews/{id}/reject",
        "message.rejected",
        () -> posted("/reviews/" + review() + "/reject", Map.of("version", 1, "reason", "no")));
    api(
        "POST /reviewers/{id}/code",
        "reviewer.code_renewed",
        () -> posted("/reviewers/" + reviewer() + "/code", null));
    api("DELETE /reviewers/{id}", "reviewer.removed", () -> deleted("/reviewers/" + reviewer()));
    api(
        "PUT /sending-policy",
        "sending_policy.changed",
        () ->
            ok(
                call(
                    HttpMethod.PUT,
                    ADMIN_KEY,
                    "/sending-policy",
                    Map.of("organization", organization, "sendingPolicy", Map.of()))));
    api(
        "POST /restore/reconcile",
        "database.reconciled",
        () -> {
          restored();
          posted("/restore/reconcile", Map.of("moved", true));
        });
    api(
        "POST /sending/resume",
        "sending.resumed",
        () -> {
          posted("/sending/pause", null);
          posted("/sending/resume", null);
        });
    console(
        "/accounts",
        "account.created",
        () ->
            form(
                "/accounts", accountForm("agent", agent, "address", fresh("c") + "@example.test")));
    console(
        "/accounts/{id}",
        "account.changed",
        () -> form("/accounts/" + account, accountForm("displayName", fresh("Name"))));
    console(
        "/accounts/{id}/bounce-account",
        "account.changed",
        () -> {
          String address = fresh("reports") + "@example.test";
          account(organization, address);
          form("/accounts/" + account + "/bounce-account", "address", address);
        });
    console(
        "/accounts/{id}/test/{side}",
        "account.tested",
        () -> {
          form("/accounts/" + account + "/test/smtp");
          await()
              .until(
                  () ->
                      jdbc.sql(
                              "SELECT count(*) FROM test_run WHERE account_id = :id::uuid"
                                  + " AND ended_at IS NULL")
                          .param("id", account)
                          .query(Integer.class)
                          .single(),
                  running -> running == 0);
        });
    api(
        "POST /accounts/{id}/test-runs",
        "account.tested",
        () -> {
          Answer run =
              post(ADMIN_KEY, "/accounts/" + account + "/test-runs", Map.of("side", "smtp"));
          ok(run);
          String path = "/accounts/" + account + "/test-runs/" + run.text("/id");
          await()
              .until(() -> get(ADMIN_KEY, path).text("/state"), state -> !state.equals("running"));
        });
    console(
        "/accounts/{id}/enable/{side}",
        "account.changed",
        () -> {
          tested();
          form("/accounts/" + account + "/enable/smtp");
        });
    console(
        "/accounts/{id}/disable/{side}",
        "account.changed",
        () -> {
          receiving();
          form("/accounts/" + account + "/disable/imap");
        });
    console(
        "/accounts/{id}/pause", "account.paused", () -> form("/accounts/" + account + "/pause"));
    console(
        "/accounts/{id}/resume",
        "account.resumed",
        () -> {
          form("/accounts/" + account + "/pause");
          form("/accounts/" + account + "/resume");
        });
    console(
        "/accounts/{id}/delete",
        "account.deleted",
        () -> form("/accounts/" + anotherAccount() + "/delete"));
    console(
        "/accounts/{id}/limits",
        "account.limits_changed",
        () -> form("/accounts/" + account + "/limits", "messages_per_hour", "5"));
    console(
        "/accounts/{id}/sent-folder",
        "account.sent_folder_changed",
        () -> form("/accounts/" + account + "/sent-folder", "enabled", "true"));
    console(
        "/accounts/{id}/drafts-folder",
        "account.drafts_folder_changed",
        () -> form("/accounts/" + account + "/drafts-folder", "folder", "Entwürfe"));
    console(
        "/accounts/import",
        "accounts.imported",
        () -> form("/accounts/import", "file", csv(), "agent", agent));
    console(
        "/agents",
        "agent.created",
        () ->
            form(
                "/agents",
                "name",
                fresh("Agent"),
                "organization",
                organization,
                "requireAuthentication",
                "true"));
    console(
        "/agents/{id}",
        "agent.changed",
        () -> form("/agents/" + agent, "name", fresh("Agent"), "requireAuthentication", "true"));
    console(
        "/agents/{id}/lift",
        "agent.held_correspondent_lifted",
        () -> form("/agents/" + agent + "/lift", "address", held()));
    console(
        "/agents/{id}/distrust",
        "agent.trusted_way_removed",
        () -> form("/agents/" + agent + "/distrust", "way", trustedWay().toString()));
    console(
        "/agents/{id}/delete",
        "agent.deleted",
        () -> form("/agents/" + agent(organization) + "/delete"));
    console(
        "/api-keys",
        "api_key.created",
        () ->
            form(
                "/api-keys",
                "name",
                fresh("key"),
                "role",
                "producer",
                "organization",
                organization));
    console(
        "/api-keys/{id}/rotate",
        "api_key.rotated",
        () -> form("/api-keys/" + newKey() + "/rotate", "overlap", "0"));
    console(
        "/api-keys/{id}/delete",
        "api_key.deleted",
        () -> form("/api-keys/" + newKey() + "/delete"));
    console(
        "/suppressions",
        "suppression.added",
        () ->
            form(
                "/suppressions",
                "address",
                fresh("a") + "@else.test",
                "organization",
                organization,
                "note",
                ""));
    console(
        "/suppressions/lift",
        "suppression.lifted",
        () ->
            form(
                "/suppressions/lift",
                "address",
                suppressedAddress(),
                "organization",
                organization));
    console(
        "/outbox/{id}/cancel", "message.cancelled", () -> form("/outbox/" + message() + "/cancel"));
    console(
        "/outbox/{id}/release",
        "message.released",
        () -> form("/outbox/" + heldMessage() + "/release"));
    console(
        "/outbox/{id}/resend",
        "message.resent",
        () -> form("/outbox/" + failedMessage() + "/resend"));
    console("/held/{id}/discard", "held.discarded", () -> form("/held/" + heldMail() + "/discard"));
    console(
        "/held/{id}/trust",
        "held.trusted",
        () -> form("/held/" + heldMail() + "/trust", "signer", "list.test"));
    console(
        "/reviews/{id}/approve",
        "message.approved",
        () -> form("/reviews/" + review() + "/approve", "version", "1"));
    console(
        "/reviews/{id}/reject",
        "message.rejected",
        () -> form("/reviews/" + review() + "/reject", "version", "1", "reason", "no"));
    console(
        "/reviews/approve",
        "message.approved",
        () -> form("/reviews/approve", "mail", review() + ":1"));
    console(
        "/reviewers/{id}/code",
        "reviewer.code_renewed",
        () -> form("/reviewers/" + reviewer() + "/code"));
    console(
        "/reviewers/{id}/delete",
        "reviewer.removed",
        () -> form("/reviewers/" + reviewer() + "/delete"));
    console(
        "/webhooks/{id}/decides",
        "webhook.changed",
        () -> form("/webhooks/" + newWebhook() + "/decides", "allowed", "true"));
    console(
        "/reviews/reject",
        "message.rejected",
        () -> form("/reviews/reject", "mail", review() + ":1", "reason", "not this"));
    console(
        "/quarantine/{id}/retry",
        "quarantine.retried",
        () -> form("/quarantine/" + quarantined() + "/retry"));
    console(
        "/dead-letters/{id}/resend",
        "dead_letter.resent",
        () -> form("/dead-letters/" + rejected() + "/resend"));
    console(
        "/retention",
        "retention.changed",
        () ->
            form(
                "/retention",
                "organization",
                organization,
                "messages",
                String.valueOf(1 + Math.floorMod(organization.hashCode(), 9))));
    console(
        "/erasures",
        "person.erased",
        () ->
            form(
                "/erasures",
                "organization",
                organization,
                "address",
                fresh("gone") + "@else.test"));
    console(
        "/contact-requests/{id}/approve",
        "contact.approved",
        () ->
            form("/contact-requests/" + contactRequest(fresh("yes") + "@else.test") + "/approve"));
    console(
        "/contact-requests/{id}/reject",
        "contact.rejected",
        () -> form("/contact-requests/" + contactRequest(fresh("no") + "@else.test") + "/reject"));
    console("/sending/pause", "sending.paused", () -> form("/sending/pause"));
    console(
        "/agents/{id}/sending-policy",
        "agent.changed",
        () -> form("/agents/" + agent + "/sending-policy", "review.when", "always"));
    console(
        "/sending-policy",
        "sending_policy.changed",
        () -> form("/sending-policy", "organization", organization, "review.when", "always"));
    console(
        "/sending-policy/stop",
        "sending.stopped",
        () -> form("/sending-policy/stop", "organization", organization, "confirmed", "true"));
    console(
        "/sending-policy/start",
        "sending.started",
        () -> {
          posted("/sending/stops", Map.of("organization", organization));
          form("/sending-policy/start", "organization", organization);
        });
    console(
        "/routes/{id}/{action:stop|start|suspend|resume}",
        "route.stopped",
        () -> form("/routes/" + route() + "/stop"));
    console(
        "/agents/{id}/stop",
        "sending.stopped",
        () -> form("/agents/" + agent + "/stop", "confirmed", "true"));
    console(
        "/agents/{id}/start",
        "sending.started",
        () -> {
          posted("/sending/stops", Map.of("agent", agent));
          form("/agents/" + agent + "/start");
        });
    console(
        "/restore/reconcile",
        "database.reconciled",
        () -> {
          restored();
          form("/restore/reconcile", "moved", "true");
        });
    console(
        "/sending/resume",
        "sending.resumed",
        () -> {
          form("/sending/pause");
          form("/sending/resume");
        });
  }

  @Test
  void everyChangingOperationIsInTheTableOrExempt() {
    Set<String> changing = new TreeSet<>();
    mappings
        .getHandlerMethods()
        .forEach(
            (mapping, method) -> {
              if (method.getBeanType().getPackageName().startsWith("org.byoemail")) {
                mapping.getMethodsCondition().getMethods().stream()
                    .filter(CHANGING::contains)
                    .forEach(
                        verb ->
                            mapping
                                .getPatternValues()
                                .forEach(path -> changing.add(verb + " " + path)));
              }
            });

    Set<String> known = new TreeSet<>(table.keySet());
    known.addAll(EXEMPT.keySet());
    assertThat(known).isEqualTo(changing);
    assertThat(table.keySet()).doesNotContainAnyElementsOf(EXEMPT.keySet());
  }

  @TestFactory
  Stream<DynamicTest> operationLeavesAnEntry() {
    return table.entrySet().stream()
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.getKey(), () -> leavesAnEntry(row.getKey(), row.getValue())));
  }

  private void leavesAnEntry(String name, Operation operation) {
    newAccount();
    login(name.contains("/console"));
    UUID last = newest();

    operation.request().run();

    List<Map<String, Object>> entries =
        jdbc.sql(
                """
                SELECT actor, actor_name, client, details::text AS details FROM audit_entry
                WHERE action = :action AND (at, id) > (SELECT at, id FROM audit_entry WHERE id = :last)
                """)
            .param("action", operation.action())
            .param("last", last)
            .query()
            .listOfRows();
    assertThat(entries)
        .as(name)
        .isNotEmpty()
        .allSatisfy(
            entry -> {
              assertThat(entry.get("client")).isEqualTo("127.0.0.1");
              assertThat(entry.get("details").toString()).doesNotContain(PASSWORD, "secret");
            })
        .anySatisfy(
            entry -> {
              assertThat(entry.get("actor")).isEqualTo(name.contains("/console") ? "user" : "key");
              assertThat(entry.get("actor_name"))
                  .isEqualTo(name.contains("/console") ? "admin" : "byo.api.admin-key");
            });
  }

  private String newWebhook() {
    return post(
            ADMIN_KEY,
            "/webhooks",
            Map.of("url", "http://localhost:1/" + PASSWORD, "organization", organization))
        .text("/id");
  }

  private String pausedWebhook() {
    String webhook = newWebhook();
    posted("/webhooks/" + webhook + "/pause", null);
    return webhook;
  }

  private UUID newest() {
    return jdbc.sql("SELECT id FROM audit_entry ORDER BY at DESC, id DESC LIMIT 1")
        .query(UUID.class)
        .single();
  }

  private void api(String operation, String action, Runnable request) {
    table.put(operation.replace(" /", " /api/v1/"), new Operation(action, request));
  }

  private void console(String path, String action, Runnable request) {
    table.put("POST /console" + path, new Operation(action, request));
  }

  private void login(boolean console) {
    if (console && session == null) {
      session = login();
    }
  }

  private void newAccount() {
    address = fresh("ada") + "@example.test";
    account = account(organization, address);
    agent = get(ADMIN_KEY, "/accounts/" + account).text("/agent");
  }

  private void posted(String path, @Nullable Object body) {
    ok(post(ADMIN_KEY, path, body));
  }

  private void patched(String path, Object body) {
    ok(patch(ADMIN_KEY, path, body));
  }

  private void deleted(String path) {
    ok(delete(ADMIN_KEY, path));
  }

  private Answer put(String path, Object body) {
    return call(HttpMethod.PUT, ADMIN_KEY, path, body);
  }

  private static void ok(Answer answer) {
    assertThat(answer.status()).as(answer.toString()).isBetween(200, 299);
  }

  private void importedByApi() {
    ok(
        send(
            MockMvcRequestBuilders.post("/api/v1/accounts/import?agent=" + agent)
                .header("Authorization", "Bearer " + ADMIN_KEY)
                .contentType("text/csv")
                .content(csv())));
  }

  private static String csv() {
    return "address,smtp.host,smtp.password\n"
        + fresh("i")
        + "@example.test,localhost,"
        + PASSWORD
        + "\n";
  }

  /** Sends a form of the console; nothing is refused. */
  private void form(String path, String... fields) {
    MockHttpServletRequestBuilder request =
        MockMvcRequestBuilders.post("/console" + path).cookie(session).with(csrf());
    for (int i = 0; i < fields.length; i += 2) {
      request.param(fields[i], fields[i + 1]);
    }
    try {
      MvcResult result = mvc.perform(request).andReturn();
      MockHttpServletResponse response = result.getResponse();
      assertThat(response.getStatus()).as(response.getContentAsString()).isLessThan(400);
      assertThat(result.getFlashMap().get("refused")).isNull();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static String[] accountForm(String... fields) {
    return Stream.concat(
            Stream.of(fields),
            Stream.of(
                "smtp.host", "localhost",
                "smtp.port", "1025",
                "smtp.security", "none",
                "smtp.auth", "plain",
                "smtp.username", "ada",
                "smtp.password", PASSWORD))
        .toArray(String[]::new);
  }

  private String anotherAccount() {
    return account(organization, fresh("other") + "@example.test");
  }

  private String newLink() {
    return post(ADMIN_KEY, "/accounts/connect-links", Map.of("agent", agent)).text("/id");
  }

  private String newOAuthClient() {
    return post(
            ADMIN_KEY,
            "/oauth-clients",
            Map.of(
                "provider",
                "google",
                "clientId",
                fresh("client"),
                "secret",
                PASSWORD,
                "organization",
                fresh("owner")))
        .text("/id");
  }

  private String newRule() {
    return post(
            ADMIN_KEY,
            "/outgoing-rules",
            Map.of(
                "organization",
                organization,
                "name",
                fresh("rule"),
                "kind",
                "words",
                "entries",
                List.of("x")))
        .text("/id");
  }

  private void people() {
    api("POST /people", "person.created", this::newPerson);
    api(
        "PATCH /people/{id}",
        "person.changed",
        () -> patched("/people/" + newPerson(), Map.of("roles", List.of("reviewer"))));
    api(
        "POST /people/{id}/invitation",
        "person.invited",
        () -> posted("/people/" + newPerson() + "/invitation", null));
    api("DELETE /people/{id}", "person.deleted", () -> deleted("/people/" + newPerson()));
    api(
        "DELETE /people/{id}/second-factor",
        "person.second_factor_reset",
        () -> deleted("/people/" + newPerson() + "/second-factor"));
    api(
        "DELETE /people/{id}/sessions",
        "person.sessions_ended",
        () -> deleted("/people/" + loggedIn() + "/sessions"));
    api(
        "DELETE /people/{id}/sessions/{session}",
        "person.sessions_ended",
        () -> {
          String person = loggedIn();
          deleted("/people/" + person + "/sessions/" + sessionOf(person));
        });
    console(
        "/people",
        "person.created",
        () ->
            form(
                "/people",
                "email",
                fresh("p") + "@people.test",
                "name",
                "Pat",
                "roles",
                "viewer",
                "organization",
                organization));
    console(
        "/people/{id}",
        "person.changed",
        () ->
            form(
                "/people/" + newPerson(),
                "name",
                fresh("Other"),
                "roles",
                "viewer",
                "organization",
                organization));
    console(
        "/people/{id}/invite", "person.invited", () -> form("/people/" + newPerson() + "/invite"));
    console(
        "/people/{id}/disable",
        "person.disabled",
        () -> form("/people/" + newPerson() + "/disable"));
    console(
        "/people/{id}/enable",
        "person.enabled",
        () -> {
          String person = newPerson();
          patched("/people/" + person, Map.of("disabled", true));
          form("/people/" + person + "/enable");
        });
    console(
        "/people/{id}/delete", "person.deleted", () -> form("/people/" + newPerson() + "/delete"));
    console(
        "/people/{id}/second-factor/reset",
        "person.second_factor_reset",
        () -> form("/people/" + newPerson() + "/second-factor/reset"));
    console(
        "/people/{id}/sessions/end",
        "person.sessions_ended",
        () -> form("/people/" + loggedIn() + "/sessions/end"));
  }

  private String emailOf(String person) {
    return get(ADMIN_KEY, "/people/" + person).text("/email");
  }

  private String newPerson() {
    return person(fresh("p") + "@people.test", organization, "viewer", PASSWORD);
  }

  private String loggedIn() {
    String person = newPerson();
    loginOf(emailOf(person), PASSWORD);
    return person;
  }

  private String sessionOf(String person) {
    return get(ADMIN_KEY, "/people/" + person + "/sessions").text("/items/0/id");
  }

  private String newKey() {
    return post(
            ADMIN_KEY,
            "/api-keys",
            Map.of("name", fresh("key"), "role", "producer", "organization", organization))
        .text("/id");
  }

  private void suppressed(String suppressed) {
    posted("/suppressions", Map.of("address", suppressed, "organization", organization));
  }

  private String suppressedAddress() {
    String suppressed = fresh("s") + "@else.test";
    suppressed(suppressed);
    return suppressed;
  }

  private String held() {
    String correspondent = fresh("loop") + "@else.test";
    jdbc.sql(
            "INSERT INTO held_correspondent (agent_id, address, mails, held_at) VALUES"
                + " (:agent::uuid, :address, 9, now())")
        .param("agent", agent)
        .param("address", correspondent)
        .update();
    return correspondent;
  }

  private String message() {
    Answer accepted =
        post(
            ADMIN_KEY,
            "/messages",
            Map.of("from", address, "to", "ben@else.test", "subject", "Hello", "body", "Text."));
    ok(accepted);
    return accepted.text("/messageId");
  }

  /** A mail that waits for a review. */
  private String review() {
    patched(
        "/agents/" + agent, Map.of("sendingPolicy", Map.of("review", Map.of("when", "always"))));
    String message = message();
    patched("/agents/" + agent, Map.of("sendingPolicy", Map.of("review", Map.of("when", "never"))));
    return get(ADMIN_KEY, "/reviews?message=" + message).text("/items/0/id");
  }

  /** As mail servers are needed to name one. */
  private String reviewer() {
    UUID id = UUID.randomUUID();
    jdbc.sql(
            """
            INSERT INTO mail_reviewer (id, organization, agents, address, mailbox, decides_by, code_sha256, named_by,
              created_at)
            VALUES (:id, :organization, '{}', :address, :address, 'code', '\\x00', 'user:admin', now())
            """)
        .param("id", id)
        .param("organization", organization)
        .param("address", fresh("eva") + "@people.test")
        .update();
    return id.toString();
  }

  private String heldMessage() {
    String message = message();
    update("UPDATE outbound_delivery SET held_reason = 'unknown' WHERE message_id = :id", message);
    ended(message, "unknown");
    update("UPDATE message_recipient SET status = 'held' WHERE message_id = :id", message);
    return message;
  }

  private String failedMessage() {
    String message = message();
    update("DELETE FROM outbound_delivery WHERE message_id = :id", message);
    ended(message, "rejected");
    update("UPDATE message_recipient SET status = 'failed' WHERE message_id = :id", message);
    update("UPDATE outbound_submission SET status = 'failed' WHERE message_id = :id", message);
    return message;
  }

  private void ended(String message, String outcome) {
    update(
        "UPDATE outbound_message_attempt SET status = 'FAILED', outcome = '"
            + outcome
            + "' WHERE message_id = :id",
        message);
  }

  private void tested() {
    update(
        "UPDATE agent_email_account SET smtp_verified_at = now(), version = version + 1 WHERE id = :id",
        account);
  }

  private void receiving() {
    update(
        "UPDATE agent_email_account SET imap_verified_at = now(), inbound_enabled = true,"
            + " version = version + 1 WHERE id = :id",
        account);
  }

  /** A mail that is held for review. */
  private String heldMail() {
    receiving();
    update("UPDATE mailbox SET uid_validity = 1, last_uid = 1 WHERE account_id = :id", account);
    return new StoredMail(jdbc).held(UUID.fromString(account), "Hello", null).toString();
  }

  private UUID trustedWay() {
    UUID id = UUID.randomUUID();
    jdbc.sql(
            "INSERT INTO trusted_way (id, agent_id, contact, signer, created_at)"
                + " VALUES (:id, :agent::uuid, 'a@else.test', 'list.test', now())")
        .param("id", id)
        .param("agent", agent)
        .update();
    return id;
  }

  /** A mail of which only the header is kept, so that it is fetched again. */
  private String quarantined() {
    receiving();
    update("UPDATE mailbox SET uid_validity = 1, last_uid = 1 WHERE account_id = :id", account);
    return new StoredMail(jdbc)
        .mail(UUID.fromString(account), "quarantined", "Hello", null, "too large", null)
        .toString();
  }

  private String rejected() {
    UUID id = UUID.randomUUID();
    jdbc.sql(
            """
            INSERT INTO rejected_submission (id, broker_id, organization, reason, body, created_at)
            VALUES (:id, :id::text, :organization, 'from is not an address', :body, now())
            """)
        .param("id", id)
        .param("organization", organization)
        .param(
            "body",
            ("{\"from\":\"%s\",\"to\":\"ben@else.test\",\"subject\":\"Hello\",\"body\":\"Text.\"}")
                .formatted(address)
                .getBytes(java.nio.charset.StandardCharsets.UTF_8))
        .update();
    return id.toString();
  }

  /** A route on a node that has just reported it. */
  private String route() {
    String route = fresh("route");
    jdbc.sql(
            """
            INSERT INTO route_activity (node, routes, reported_at)
            VALUES (:node, jsonb_build_array(jsonb_build_object('route', :route::text, 'description', '', 'file',
              'routes/a.camel.yaml', 'state', 'started', 'total', 0, 'failed', 0, 'inFlight', 0, 'meanMillis', 0,
              'failures', '[]'::jsonb)), statement_timestamp())
            """)
        .param("node", "node-of-" + route)
        .param("route", route)
        .update();
    return route;
  }

  private void restored() {
    jdbc.sql(
            """
            UPDATE database_life SET restored_at = statement_timestamp(), backup_at = statement_timestamp(), reason = 'test',
              behind = false, reconciled_at = NULL
            """)
        .update();
  }

  private void update(String sql, String id) {
    jdbc.sql(sql).param("id", UUID.fromString(id)).update();
  }

  private String contactRequest(String address) {
    return post(
            ADMIN_KEY,
            "/agents/" + agent + "/contact-requests",
            Map.of("address", address, "reason", "to ask"))
        .text("/id");
  }
}
