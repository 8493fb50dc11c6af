package org.byoemail.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.byoemail.platform.access.Permission;
import org.byoemail.support.StoredMail;
import org.byoemail.support.WebTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;

/**
 * Every operation of the API, as its description lists them, tried without a key, with each role
 * below the one it needs, with the key of another organisation's admin, and with keys bound to
 * other agents and accounts. An operation that is not in the table fails the test.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AccessMatrixTest extends WebTest {
  private static final String OPEN = "open";
  private static final List<String> ROLES = List.of("producer", "operator", "admin");
  private static final Pattern PLACE = Pattern.compile("\\{([a-z.]+)}");
  private static final String SERVER =
      "{\"host\":\"localhost\",\"port\":1025,\"security\":\"none\",\"username\":\"u\",\"password\":\"p\"}";
  private static final String MAIL =
      "\"to\":\"ben@else.test\",\"subject\":\"Hello\",\"body\":\"Text.\"";

  /**
   * Each operation with the least role, the request of its owner and what that answers, and the
   * requests of others. A name in braces is a thing of the owner, one that begins with "b." a thing
   * of the other. What destroys comes last, because the rows share the owner's things.
   */
  private static final List<Row> TABLE =
      List.of(
          row("GET /schema/{file}", OPEN).own(200, "/schema/asyncapi.yaml"),
          row("GET /agents", "operator").own(200, "/agents").list().ofOrganization(),
          row("POST /agents", "operator")
              .own(201, "/agents", "{\"name\":\"New\"}")
              .foreign(403, "/agents", "{\"name\":\"New\",\"organization\":\"{organization}\"}"),
          row("GET /agents/{id}", "operator").own(200, "/agents/{agent}").hidden(),
          row("PATCH /agents/{id}", "operator")
              .own(200, "/agents/{agent}", "{\"name\":\"{mark}\"}")
              .hidden(),
          row("GET /agents/{id}/held-correspondents", "operator")
              .own(200, "/agents/{agent}/held-correspondents")
              .hidden(),
          row("POST /agents/{id}/held-correspondents/lift", "operator")
              .own(
                  204,
                  "/agents/{agent}/held-correspondents/lift",
                  "{\"address\":\"loop@else.test\"}")
              .hidden(),
          row("GET /accounts", "operator").own(200, "/accounts").list().ofOrganization(),
          row("POST /accounts", "operator")
              .own(
                  201,
                  "/accounts",
                  "{\"agent\":\"{agent}\",\"address\":\"new-{mark}@example.test\",\"smtp\":"
                      + SERVER
                      + "}")
              .foreign(
                  400,
                  "/accounts",
                  "{\"agent\":\"{agent}\",\"address\":\"other-{mark}@example.test\",\"smtp\":"
                      + SERVER
                      + "}")
              .foreign(
                  400,
                  "/accounts",
                  "{\"agent\":\"{b.agent}\",\"address\":\"b-{mark}@example.test\",\"smtp\":"
                      + SERVER
                      + ",\"bounceAccount\":\"{account}\"}"),
          row("POST /accounts/discover", "operator")
              .own(200, "/accounts/discover", "{\"address\":\"{mark}@gmail.com\"}"),
          row("GET /accounts/connect-links", "operator")
              .own(200, "/accounts/connect-links")
              .list()
              .ofOrganization()
              .foreign(200, "/accounts/connect-links?agent={agent}"),
          row("POST /accounts/connect-links", "operator")
              .own(201, "/accounts/connect-links", "{\"agent\":\"{agent}\"}")
              .foreign(400, "/accounts/connect-links", "{\"agent\":\"{agent}\"}")
              .foreign(400, "/accounts/connect-links", "{\"account\":\"{account}\"}"),
          row("GET /accounts/connect-links/{id}", "operator")
              .own(200, "/accounts/connect-links/{link}")
              .hidden(),
          row("DELETE /accounts/connect-links/{id}", "operator")
              .own(204, "/accounts/connect-links/{link}")
              .hidden(),
          row("POST /accounts/import", "operator").own(200, "/accounts/import", "address\n"),
          row("GET /accounts/export", "operator").own(200, "/accounts/export").ofOrganization(),
          row("GET /accounts/{id}", "operator").own(200, "/accounts/{account}").hidden(),
          row("PATCH /accounts/{id}", "operator")
              .own(200, "/accounts/{account}", "{\"displayName\":\"{mark}\"}")
              .hidden()
              .foreign(400, "/accounts/{b.account}", "{\"bounceAccount\":\"{account}\"}"),
          row("POST /accounts/{id}/poll", "operator").own(409, "/accounts/{account}/poll").hidden(),
          row("POST /accounts/{id}/pause", "operator")
              .own(202, "/accounts/{account}/pause")
              .hidden(),
          row("POST /accounts/{id}/resume", "operator")
              .own(202, "/accounts/{account}/resume")
              .hidden(),
          row("POST /accounts/{id}/test-smtp", "operator")
              .own(200, "/accounts/{account}/test-smtp")
              .hidden(),
          row("POST /accounts/{id}/test-imap", "operator")
              .own(200, "/accounts/{account}/test-imap")
              .hidden(),
          row("POST /accounts/{id}/test-runs", "operator")
              .own(202, "/accounts/{account}/test-runs", "{\"side\":\"smtp\"}")
              .hidden(),
          row("GET /accounts/{id}/test-runs/{run}", "operator")
              .own(200, "/accounts/{account}/test-runs/{testrun}")
              .hidden()
              .foreign(404, "/accounts/{b.account}/test-runs/{testrun}"),
          row("POST /accounts/{id}/authorize", "operator")
              .own(409, "/accounts/{account}/authorize")
              .hidden(),
          row("POST /accounts/{id}/test-mail", "operator")
              .own(409, "/accounts/{account}/test-mail", "{}")
              .hidden(),
          row("GET /accounts/{id}/test-mail/{testId}", "operator")
              .own(200, "/accounts/{account}/test-mail/{testmail}")
              .hidden()
              .foreign(404, "/accounts/{b.account}/test-mail/{testmail}"),
          row("GET /accounts/{id}/sent-folder", "operator")
              .own(200, "/accounts/{account}/sent-folder")
              .hidden(),
          row("PUT /accounts/{id}/sent-folder", "operator")
              .own(200, "/accounts/{account}/sent-folder", "{\"enabled\":false}")
              .hidden(),
          row("GET /accounts/{id}/drafts-folder", "operator")
              .own(200, "/accounts/{account}/drafts-folder")
              .hidden(),
          row("PUT /accounts/{id}/drafts-folder", "operator")
              .own(200, "/accounts/{account}/drafts-folder", "{\"mirrorDrafts\":false}")
              .hidden(),
          row("GET /accounts/{id}/aliases", "operator")
              .own(200, "/accounts/{account}/aliases")
              .hidden(),
          row("PUT /accounts/{id}/aliases", "operator")
              .own(200, "/accounts/{account}/aliases", "{\"aliases\":[]}")
              .hidden(),
          row("POST /accounts/{id}/aliases/prove", "operator")
              .own(409, "/accounts/{account}/aliases/prove", "{\"address\":\"a@else.test\"}")
              .hidden(),
          row("GET /accounts/{id}/authserv-id", "operator")
              .own(200, "/accounts/{account}/authserv-id")
              .hidden(),
          row("PUT /accounts/{id}/authserv-id", "operator")
              .own(409, "/accounts/{account}/authserv-id", "{\"authservId\":\"mx.else.test\"}")
              .hidden(),
          row("DELETE /accounts/{id}/authserv-id", "operator")
              .own(200, "/accounts/{account}/authserv-id")
              .hidden(),
          row("POST /accounts/{id}/authserv-id/probe", "operator")
              .own(
                  409, "/accounts/{account}/authserv-id/probe", "{\"authservId\":\"mx.else.test\"}")
              .hidden(),
          row("GET /accounts/{id}/catch-all", "operator")
              .own(200, "/accounts/{account}/catch-all")
              .hidden(),
          row("PUT /accounts/{id}/catch-all", "operator")
              .own(200, "/accounts/{account}/catch-all", "{\"domains\":[]}")
              .hidden(),
          row("POST /accounts/{id}/catch-all/prove", "operator")
              .own(
                  400,
                  "/accounts/{account}/catch-all/prove",
                  "{\"domain\":\"else.test\",\"by\":\"dns\"}")
              .hidden(),
          row("GET /messages", "producer")
              .own(200, "/messages")
              .list()
              .ofOrganization()
              .foreign(200, "/messages?account={account}"),
          row("POST /messages", "producer")
              .own(202, "/messages", "{\"from\":\"{address}\"," + MAIL + "}")
              .foreign(400, "/messages", "{\"from\":\"{address}\"," + MAIL + "}")
              .foreign(
                  400,
                  "/messages",
                  "{\"from\":\"{b.address}\",\"inReplyTo\":\"{message}\"," + MAIL + "}")
              .foreign(
                  400,
                  "/messages",
                  "{\"from\":\"{b.address}\",\"attachments\":[{\"id\":\"{upload}\"}],"
                      + MAIL
                      + "}"),
          row("GET /messages/{id}", "producer")
              .own(200, "/messages/{message}")
              .hidden()
              .foreign(404, "/messages/{received}")
              .foreign(404, "/messages/{quarantined}"),
          row("POST /messages/validate", "producer")
              .own(200, "/messages/validate", "{\"from\":\"{address}\"," + MAIL + "}")
              .foreign(400, "/messages/validate", "{\"from\":\"{address}\"," + MAIL + "}")
              .foreign(
                  400,
                  "/messages/validate",
                  "{\"from\":\"{b.address}\",\"inReplyTo\":\"{message}\"," + MAIL + "}"),
          row("POST /messages/batch", "producer")
              .own(200, "/messages/batch", "{\"messages\":[{\"from\":\"{address}\"," + MAIL + "}]}")
              .foreign(
                  200, "/messages/batch", "{\"messages\":[{\"from\":\"{address}\"," + MAIL + "}]}"),
          row("POST /messages/{id}/reply", "producer")
              .own(202, "/messages/{received}/reply", "{\"body\":\"Yes.\"}")
              .hidden()
              .foreign(404, "/messages/{quarantined}/reply", "{\"body\":\"Yes.\"}"),
          row("POST /messages/{id}/reply-all", "producer")
              .own(202, "/messages/{received}/reply-all", "{\"body\":\"Yes.\"}")
              .hidden(),
          row("POST /messages/{id}/forward", "producer")
              .own(
                  202,
                  "/messages/{received}/forward",
                  "{\"body\":\"Look.\",\"to\":\"ben@else.test\"}")
              .hidden(),
          row("PATCH /messages/{id}", "producer")
              .own(200, "/messages/{received}", "{\"addLabels\":[\"a\"]}")
              .hidden()
              .foreign(404, "/messages/{quarantined}", "{\"addLabels\":[\"a\"]}"),
          row("GET /messages/{id}/mailbox-actions", "producer")
              .own(200, "/messages/{received}/mailbox-actions")
              .hidden(),
          // What it does: MailboxActionsTest.
          row("POST /messages/{id}/mailbox-actions", "operator")
              .own(409, "/messages/{received}/mailbox-actions", "{\"action\":\"flag\"}")
              .hidden(),
          row("PATCH /conversations/{id}", "producer")
              .own(200, "/conversations/{conversation}", "{\"addLabels\":[\"a\"]}")
              .hidden(),
          row("GET /drafts", "producer")
              .own(200, "/drafts")
              .list()
              .ofOrganization()
              .foreign(200, "/drafts?agent={agent}"),
          row("POST /drafts", "producer")
              .own(201, "/drafts", "{\"from\":\"{address}\",\"subject\":\"{mark}\"}")
              .foreign(400, "/drafts", "{\"from\":\"{address}\",\"subject\":\"{mark}\"}"),
          row("GET /drafts/{id}", "producer").own(200, "/drafts/{draft}").hidden(),
          // With If-Match: DraftsTest.
          row("PUT /drafts/{id}", "producer")
              .own(400, "/drafts/{draft}", "{\"from\":\"{address}\"}")
              .foreign(400, "/drafts/{draft}", "{\"from\":\"{b.address}\"}"),
          row("POST /drafts/{id}/send", "producer").own(400, "/drafts/{draft}/send").hidden(),
          row("GET /messages/{id}/why", "producer")
              .own(200, "/messages/{message}/why")
              .hidden()
              .foreign(404, "/messages/{received}/why")
              .foreign(404, "/messages/{quarantined}/why"),
          row("GET /messages/{id}/dossier", "producer")
              .own(200, "/messages/{message}/dossier")
              .hidden()
              .foreign(404, "/messages/{received}/dossier")
              .foreign(404, "/messages/{quarantined}/dossier"),
          row("GET /messages/{id}/view", "producer")
              .own(200, "/messages/{message}/view")
              .hidden()
              .foreign(404, "/messages/{received}/view")
              .foreign(404, "/messages/{quarantined}/view"),
          row("GET /messages/{id}/raw", "producer")
              .own(200, "/messages/{message}/raw")
              .hidden()
              .foreign(404, "/messages/{received}/raw")
              .foreign(404, "/messages/{quarantined}/raw"),
          row("POST /messages/{id}/release", "operator")
              .own(409, "/messages/{message}/release")
              .hidden(),
          row("POST /messages/{id}/resend", "operator")
              .own(409, "/messages/{message}/resend")
              .hidden(),
          row("GET /conversations", "producer")
              .own(200, "/conversations")
              .list()
              .ofOrganization()
              .foreign(200, "/conversations?agent={agent}"),
          row("GET /conversations/{id}", "producer")
              .own(200, "/conversations/{conversation}")
              .hidden(),
          row("GET /conversations/{id}/view", "producer")
              .own(200, "/conversations/{conversation}/view")
              .hidden(),
          row("POST /attachments", "producer")
              .own(201, "/attachments?name=a.txt", "text")
              .foreign(403, "/attachments?name=a.txt&organization={organization}", "text"),
          row("GET /attachments/{id}", "producer").own(200, "/attachments/{upload}").hidden(),
          row("GET /events", "producer").own(200, "/events").list().ofOrganization(),
          row("GET /events/{id}", "producer").own(200, "/events/{event}").hidden(),
          // What it streams: EventStreamTest.
          row("GET /events/stream", "producer")
              .own(400, "/events/stream?after=x")
              .foreign(403, "/events/stream?organization={organization}"),
          row("GET /event-cursors", "producer").own(200, "/event-cursors").list().ofOrganization(),
          row("PUT /event-cursors/{name}", "producer")
              .own(200, "/event-cursors/{mark}", "{\"position\":0}")
              .foreign(403, "/event-cursors/a?organization={organization}", "{\"position\":0}"),
          row("GET /event-cursors/{name}", "producer")
              .own(200, "/event-cursors/{mark}")
              .hidden()
              .foreign(403, "/event-cursors/{mark}?organization={organization}"),
          row("DELETE /event-cursors/{name}", "producer")
              .own(204, "/event-cursors/{mark}")
              .hidden()
              .foreign(403, "/event-cursors/{mark}?organization={organization}"),
          row("GET /webhooks", "operator").own(200, "/webhooks").list().ofOrganization(),
          row("POST /webhooks", "operator")
              .own(201, "/webhooks", "{\"url\":\"https://else.test/{mark}\"}")
              .foreign(
                  403,
                  "/webhooks",
                  "{\"url\":\"https://else.test/\",\"organization\":\"{organization}\"}")
              .foreign(
                  400, "/webhooks", "{\"url\":\"https://else.test/\",\"agents\":[\"{agent}\"]}")
              .foreign(
                  400,
                  "/webhooks",
                  "{\"url\":\"https://else.test/\",\"accounts\":[\"{account}\"]}"),
          row("GET /webhooks/{id}", "operator").own(200, "/webhooks/{webhook}").hidden(),
          row("PATCH /webhooks/{id}", "operator")
              .own(200, "/webhooks/{webhook}", "{\"description\":\"other-{mark}\"}")
              .hidden(),
          row("POST /webhooks/{id}/rotate", "operator")
              .own(200, "/webhooks/{webhook}/rotate")
              .hidden(),
          row("POST /webhooks/{id}/replay", "operator")
              .own(202, "/webhooks/{webhook}/replay", "{\"event\":\"{event}\"}")
              .hidden(),
          row("POST /webhooks/{id}/test", "operator").own(200, "/webhooks/{webhook}/test").hidden(),
          row("GET /webhooks/{id}/deliveries", "operator")
              .own(200, "/webhooks/{webhook}/deliveries")
              .hidden(),
          row("GET /webhooks/{id}/deliveries/{delivery}", "operator")
              .own(200, "/webhooks/{webhook}/deliveries/{delivery}")
              .hidden(),
          row("POST /webhooks/{id}/pause", "operator")
              .own(200, "/webhooks/{webhook}/pause")
              .hidden(),
          row("POST /webhooks/{id}/resume", "operator")
              .own(200, "/webhooks/{webhook}/resume")
              .hidden(),
          row("DELETE /webhooks/{id}", "operator").own(204, "/webhooks/{webhook}").hidden(),
          row("GET /bounces", "operator")
              .own(200, "/bounces")
              .list()
              .ofOrganization()
              .foreign(200, "/bounces?message={message}")
              .foreign(200, "/bounces?account={account}"),
          row("GET /bounces/{id}", "operator").own(200, "/bounces/{bounce}").hidden(),
          row("GET /suppressions", "operator")
              .own(200, "/suppressions")
              .list()
              .ofOrganization()
              .foreign(200, "/suppressions?address={suppressed}"),
          row("POST /suppressions", "operator")
              .own(201, "/suppressions", "{\"address\":\"gone@else.test\"}")
              .foreign(
                  403,
                  "/suppressions",
                  "{\"address\":\"gone@else.test\",\"organization\":\"{organization}\"}"),
          row("DELETE /suppressions", "operator")
              .own(204, "/suppressions?address={suppressed}")
              .hidden()
              .foreign(403, "/suppressions?address={suppressed}&organization={organization}"),
          row("GET /quarantine", "operator").own(200, "/quarantine").list().ofOrganization(),
          row("GET /held", "operator").own(200, "/held").list().ofOrganization(),
          row("GET /held/{id}", "operator").own(200, "/held/{held}").hidden(),
          row("GET /held/{id}/raw", "operator").own(404, "/held/{held}/raw").hidden(),
          row("POST /held/{id}/trust", "operator")
              .own(400, "/held/{held}/trust", "{\"list\":\"a.list.test\"}")
              .foreign(404, "/held/{held}/trust", "{\"signer\":\"list.test\"}"),
          row("POST /held/release", "operator")
              .own(200, "/held/release", "{\"sender\":\"nobody@else.test\"}")
              .foreign(200, "/held/release", "{\"account\":\"{account}\"}")
              .foreign(403, "/held/release?organization={organization}", "{}"),
          row("POST /held/{id}/discard", "operator").own(200, "/held/{held}/discard").hidden(),
          row("POST /held/{id}/release", "operator").own(409, "/held/{held}/release").hidden(),
          row("GET /agents/{id}/trusted-ways", "operator")
              .own(200, "/agents/{agent}/trusted-ways")
              .hidden(),
          row("DELETE /agents/{id}/trusted-ways/{way}", "operator")
              .own(204, "/agents/{agent}/trusted-ways/{way}")
              .hidden(),
          // The organizations of this test are no test organizations.
          row("POST /test/inbound", "operator")
              .own(
                  409,
                  "/test/inbound",
                  "{\"id\":\"t1\",\"account\":\"{account}\",\"from\":\"ben@else.test\"}")
              .foreign(
                  404,
                  "/test/inbound",
                  "{\"id\":\"t1\",\"account\":\"{account}\",\"from\":\"ben@else.test\"}"),
          row("POST /quarantine/{id}/retry", "operator")
              .own(409, "/quarantine/{quarantined}/retry")
              .hidden(),
          row("GET /dead-letters", "operator").own(200, "/dead-letters").list().ofOrganization(),
          row("POST /dead-letters/{id}/resend", "operator")
              .own(400, "/dead-letters/{rejected}/resend")
              .hidden()
              .foreign(404, "/dead-letters/{message}/resend"),
          row("GET /audit", "operator").own(200, "/audit").list().ofOrganization(),
          row("GET /sending", "operator").own(200, "/sending"),
          row("GET /routes", "operator").own(403, "/routes").foreign(403, "/routes"),
          row("GET /routes/{id}", "operator").own(403, "/routes/a").foreign(403, "/routes/a"),
          row("POST /routes/{id}/stop", "operator")
              .own(403, "/routes/a/stop")
              .foreign(403, "/routes/a/stop"),
          row("POST /routes/{id}/start", "operator")
              .own(403, "/routes/a/start")
              .foreign(403, "/routes/a/start"),
          row("POST /routes/{id}/suspend", "operator")
              .own(403, "/routes/a/suspend")
              .foreign(403, "/routes/a/suspend"),
          row("POST /routes/{id}/resume", "operator")
              .own(403, "/routes/a/resume")
              .foreign(403, "/routes/a/resume"),
          row("GET /rollout", "operator").own(403, "/rollout").foreign(403, "/rollout"),
          row("GET /rollout/accounts", "operator")
              .own(200, "/rollout/accounts")
              .list()
              .ofOrganization(),
          // For keys that see every organisation.
          row("POST /erasures", "admin")
              .own(202, "/erasures", "{\"address\":\"erased@else.test\"}")
              .foreign(
                  403,
                  "/erasures",
                  "{\"organization\":\"{organization}\",\"address\":\"erased@else.test\"}"),
          row("GET /erasures/{id}", "admin").own(200, "/erasures/{erasure}").hidden(),
          row("POST /exports", "admin")
              .own(200, "/exports", "{\"address\":\"ben@else.test\"}")
              .foreign(
                  403,
                  "/exports",
                  "{\"organization\":\"{organization}\",\"address\":\"ben@else.test\"}"),
          row("GET /retention", "operator").own(200, "/retention").ofOrganization(),
          row("PUT /retention", "admin")
              .own(200, "/retention", "{\"messages\":0}")
              .foreign(403, "/retention", "{\"organization\":\"{organization}\",\"messages\":1}"),
          row("GET /reviews", "operator").own(200, "/reviews").list().ofOrganization(),
          row("GET /reviews/{id}", "operator").own(200, "/reviews/{review}").hidden(),
          row("GET /reviews/{id}/versions/{version}/raw", "operator")
              .own(404, "/reviews/{review}/versions/9/raw")
              .hidden(),
          row("GET /reviews/proposals", "operator")
              .own(200, "/reviews/proposals")
              .list()
              .ofOrganization(),
          row("GET /reviewers", "operator").own(200, "/reviewers").list().ofOrganization(),
          row("POST /reviewers", "operator")
              .own(409, "/reviewers", "{\"address\":\"eva@people.test\"}")
              .foreign(
                  403,
                  "/reviewers",
                  "{\"address\":\"eva@people.test\",\"organization\":\"{organization}\"}"),
          row("POST /reviewers/{id}/code", "operator")
              .own(200, "/reviewers/{reviewer}/code")
              .hidden(),
          row("POST /reviewers/{id}/confirmation", "operator")
              .own(409, "/reviewers/{reviewer}/confirmation")
              .hidden(),
          row("DELETE /reviewers/{id}", "operator").own(204, "/reviewers/{reviewer}").hidden(),
          row("POST /reviews/{id}/approve", "operator")
              .own(409, "/reviews/{review}/approve", "{\"version\":9}")
              .foreign(404, "/reviews/{review}/approve", "{\"version\":1}"),
          row("POST /reviews/{id}/reject", "operator")
              .own(409, "/reviews/{review}/reject", "{\"version\":9,\"reason\":\"no\"}")
              .foreign(404, "/reviews/{review}/reject", "{\"version\":1,\"reason\":\"no\"}"),
          row("GET /sending-policy", "operator").own(200, "/sending-policy").ofOrganization(),
          row("PUT /sending-policy", "admin")
              .own(200, "/sending-policy", "{\"sendingPolicy\":{}}")
              .foreign(
                  403,
                  "/sending-policy",
                  "{\"organization\":\"{organization}\",\"sendingPolicy\":{}}"),
          row("GET /outgoing-rules", "admin").own(200, "/outgoing-rules").ofOrganization(),
          row("POST /outgoing-rules", "admin")
              .own(
                  201,
                  "/outgoing-rules",
                  "{\"name\":\"{mark}-1\",\"kind\":\"words\",\"entries\":[\"x\"]}")
              .foreign(
                  403,
                  "/outgoing-rules",
                  "{\"organization\":\"{organization}\",\"name\":\"n\",\"kind\":\"words\",\"entries\":[\"x\"]}"),
          row("PUT /outgoing-rules/{id}", "admin")
              .own(200, "/outgoing-rules/{rule}", "{\"entries\":[\"y\"]}")
              .hidden(),
          row("DELETE /outgoing-rules/{id}", "admin").own(204, "/outgoing-rules/{rule}").hidden(),
          row("GET /restore", "operator").own(403, "/restore").foreign(403, "/restore"),
          row("POST /restore/reconcile", "operator")
              .own(403, "/restore/reconcile", "{}")
              .foreign(403, "/restore/reconcile", "{}"),
          row("GET /agents/{id}/sending-use", "operator")
              .own(200, "/agents/{agent}/sending-use")
              .hidden(),
          row("GET /contact-requests", "operator")
              .own(200, "/contact-requests")
              .list()
              .ofOrganization(),
          row("POST /agents/{id}/contact-requests", "producer")
              .own(
                  201,
                  "/agents/{agent}/contact-requests",
                  "{\"address\":\"new@else.test\",\"reason\":\"to ask\"}")
              .hidden(),
          row("GET /agents/{id}/contact-requests/{request}", "producer")
              .own(200, "/agents/{agent}/contact-requests/{request}")
              .hidden()
              .foreign(404, "/agents/{b.agent}/contact-requests/{request}"),
          row("POST /contact-requests/{id}/approve", "operator")
              .own(200, "/contact-requests/{request}/approve", "{}")
              .hidden(),
          row("POST /contact-requests/{id}/reject", "operator")
              .own(409, "/contact-requests/{request}/reject", "{}")
              .hidden(),
          row("GET /sending/stops", "operator").own(200, "/sending/stops").list().ofOrganization(),
          row("POST /sending/stops", "operator")
              .own(204, "/sending/stops", "{\"agent\":\"{agent}\"}")
              .foreign(400, "/sending/stops", "{\"agent\":\"{agent}\"}")
              .foreign(403, "/sending/stops", "{\"organization\":\"{organization}\"}"),
          row("DELETE /sending/stops", "operator")
              .own(204, "/sending/stops?agent={agent}")
              .foreign(400, "/sending/stops?agent={agent}"),
          row("POST /sending/pause", "operator")
              .own(403, "/sending/pause")
              .foreign(403, "/sending/pause"),
          row("POST /sending/resume", "operator")
              .own(403, "/sending/resume")
              .foreign(403, "/sending/resume"),
          row("GET /oauth-clients", "admin").own(200, "/oauth-clients").list().ofOrganization(),
          row("POST /oauth-clients", "admin")
              .own(201, "/oauth-clients", "{\"provider\":\"microsoft\",\"clientId\":\"{mark}\"}")
              .foreign(
                  403,
                  "/oauth-clients",
                  "{\"provider\":\"microsoft\",\"clientId\":\"x\",\"organization\":\"{organization}\"}"),
          row("GET /oauth-clients/{id}", "admin").own(200, "/oauth-clients/{oauth}").hidden(),
          row("PATCH /oauth-clients/{id}", "admin")
              .own(200, "/oauth-clients/{oauth}", "{\"clientId\":\"other-{mark}\"}")
              .hidden(),
          row("DELETE /oauth-clients/{id}", "admin").own(204, "/oauth-clients/{oauth}").hidden(),
          row("GET /api-keys", "admin").own(200, "/api-keys").list(),
          row("POST /api-keys", "admin")
              .own(201, "/api-keys", "{\"name\":\"New\",\"role\":\"producer\"}")
              .foreign(
                  403,
                  "/api-keys",
                  "{\"name\":\"New\",\"role\":\"producer\",\"organization\":\"{organization}\"}"),
          row("POST /api-keys/{id}/rotate", "admin").own(200, "/api-keys/{key}/rotate").hidden(),
          row("DELETE /api-keys/{id}", "admin").own(204, "/api-keys/{key}").hidden(),
          row("GET /people", "admin").own(200, "/people").list(),
          row("POST /people", "admin")
              .own(
                  201,
                  "/people",
                  "{\"email\":\"p-{mark}@else.test\",\"name\":\"P\",\"roles\":[\"viewer\"]}")
              .foreign(
                  403,
                  "/people",
                  "{\"email\":\"p@else.test\",\"name\":\"P\",\"roles\":[\"viewer\"],"
                      + "\"organization\":\"{organization}\"}"),
          row("GET /people/{id}", "admin").own(200, "/people/{person}").hidden(),
          row("PATCH /people/{id}", "admin")
              .own(200, "/people/{person}", "{\"name\":\"{mark}\"}")
              .hidden(),
          row("POST /people/{id}/invitation", "admin")
              .own(201, "/people/{person}/invitation")
              .hidden(),
          row("GET /people/{id}/sessions", "admin").own(200, "/people/{person}/sessions").hidden(),
          row("DELETE /people/{id}/sessions", "admin")
              .own(204, "/people/{person}/sessions")
              .hidden(),
          row("DELETE /people/{id}/sessions/{session}", "admin")
              .own(404, "/people/{person}/sessions/{agent}")
              .hidden(),
          row("DELETE /people/{id}/second-factor", "admin")
              .own(204, "/people/{person}/second-factor")
              .hidden(),
          row("DELETE /people/{id}", "admin").own(204, "/people/{person}").hidden(),
          row("DELETE /drafts/{id}", "producer").own(204, "/drafts/{draft}").hidden(),
          row("DELETE /messages/{id}", "producer").own(204, "/messages/{message}").hidden(),
          row("DELETE /accounts/{id}", "admin").own(200, "/accounts/{account}").hidden(),
          row("DELETE /agents/{id}", "admin").own(204, "/agents/{spare}").hidden());

  private static final List<List<String>> PERMISSIONS =
      List.of(
          List.of(
              "POST /messages(/validate|/batch|/\\{id}/(reply|reply-all|forward))?|POST /attachments|DELETE /messages/.*|POST /drafts/.*/send",
              "messages:send"),
          List.of("POST /messages/.*/mailbox-actions", "mailboxes:write"),
          List.of("PATCH /(messages|conversations)/.*", "messages:label"),
          List.of("GET /(messages|attachments|conversations|drafts).*", "messages:read"),
          List.of("(POST|PUT|DELETE) /drafts.*", "drafts:write"),
          List.of(
              "POST /(messages|dead-letters)/.*(release|resend)|POST /test/inbound",
              "messages:manage"),
          List.of("GET /events.*|.* /event-cursors.*", "events:read"),
          List.of("POST /agents/\\{id}/contact-requests", "messages:send"),
          List.of("GET /agents/\\{id}/contact-requests/.*", "messages:read"),
          List.of("GET /(sending/stops|contact-requests)", "agents:read"),
          List.of("(POST|DELETE) /(sending/stops|contact-requests).*", "agents:write"),
          List.of("GET /agents.*", "agents:read"),
          List.of("(POST|PATCH) /agents.*", "agents:write"),
          List.of("DELETE /agents/\\{id}/trusted-ways/.*", "held:decide"),
          List.of("DELETE /accounts/\\{id}/authserv-id", "accounts:connect"),
          List.of("DELETE /agents.*", "agents:delete"),
          List.of("GET /(accounts.*|rollout/accounts)", "accounts:read"),
          List.of(
              "(POST|PUT|PATCH) /accounts.*|DELETE /accounts/connect-links.*", "accounts:connect"),
          List.of("DELETE /accounts.*", "accounts:delete"),
          List.of("GET /bounces.*", "bounces:read"),
          List.of("GET /dead-letters", "dead-letters:read"),
          List.of("GET /suppressions", "suppressions:read"),
          List.of(".* /suppressions", "suppressions:write"),
          List.of("GET /quarantine", "quarantine:read"),
          List.of("POST /quarantine.*", "quarantine:retry"),
          List.of("GET /held.*", "held:read"),
          List.of("POST /held.*", "held:decide"),
          List.of("GET /webhooks.*", "webhooks:read"),
          List.of(".* /webhooks.*", "webhooks:write"),
          List.of("GET /audit", "audit:read"),
          List.of(".* /outgoing-rules.*", "sending-policy:write"),
          List.of("GET /sending-policy", "agents:read"),
          List.of("PUT /sending-policy", "sending-policy:write"),
          List.of("GET /reviews.*", "reviews:read"),
          List.of(".* /review(s|ers).*", "reviews:decide"),
          List.of("GET /retention", "retention:read"),
          List.of("PUT /retention", "retention:write"),
          List.of(".* /(erasures|exports).*", "personal-data:manage"),
          List.of(".* /oauth-clients.*", "oauth-clients:manage"),
          List.of(".* /api-keys.*", "keys:manage"),
          List.of(".* /people.*", "people:manage"),
          List.of(".* /(sending|routes|restore|rollout).*", "operations:manage"));

  /**
   * What a bound key gets instead: the operation is refused, or the thing is the organisation's.
   */
  private static final Map<String, Integer> NOT_BOUND =
      Map.of(
          "GET /event-cursors.*", 403,
          "GET /accounts/(export|connect-links.*)", 403,
          "GET /rollout/accounts", 403,
          "GET /attachments/.*", 404,
          "GET /webhooks/.*", 404);

  private final Map<String, String> owner = new HashMap<>();
  private final Map<String, String> other = new HashMap<>();

  /** How many rows each table has, and their hash, as last read. */
  private final Map<String, String> contents = new TreeMap<>();

  @BeforeAll
  void organizations() {
    noteWrites();
    fill(owner);
    fill(other);
    other.forEach((name, value) -> owner.put("b." + name, value));
    owner.put("key.agent", boundKey("agents", owner.get("agent")));
    owner.put("key.account", boundKey("accounts", owner.get("account")));
    owner.put("key.spare", boundKey("agents", owner.get("spare")));
    owner.put(
        "key.second",
        boundKey(
            "accounts", account(owner.get("mark"), "second-" + owner.get("mark") + "@else.test")));
  }

  @Test
  void everyOperationIsInTheTable() {
    Set<String> described = new TreeSet<>();
    JsonNode paths = get(ADMIN_KEY, "/openapi.json").body().path("paths");
    paths
        .fields()
        .forEachRemaining(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(
                        method ->
                            described.add(
                                method.toUpperCase(java.util.Locale.ROOT)
                                    + " "
                                    + path.getKey().replaceFirst("^/api/v1", ""))));

    assertThat(TABLE.stream().map(Row::operation)).containsExactlyInAnyOrderElementsOf(described);
  }

  @ParameterizedTest
  @MethodSource("table")
  void withoutAKeyNothingIsToldOrDone(Row row) {
    Map<String, String> before = contents();

    Answer answer = send(request(row, row.own, null));

    assertThat(answer.status()).isEqualTo(row.least.equals(OPEN) ? 200 : 401);
    assertNothingChanged(before);
  }

  @ParameterizedTest
  @MethodSource("table")
  void lowerRoleIsToldTheOneItLacksAndDoesNothing(Row row) {
    Map<String, String> before = contents();

    for (String role : ROLES.subList(0, Math.max(0, ROLES.indexOf(row.least)))) {
      Answer answer = send(request(row, row.own, owner.get("key." + role)));

      assertThat(answer.status()).as(role).isEqualTo(403);
      assertThat(answer.text("/detail")).isEqualTo("this needs the role " + row.least);
    }
    assertNothingChanged(before);
  }

  @ParameterizedTest
  @MethodSource("table")
  void keyWithEveryOtherPermissionIsToldTheOneItLacks(Row row) {
    String needed = permission(row);
    List<String> others = new ArrayList<>(Permission.words(EnumSet.allOf(Permission.class)));
    others.remove(needed);
    String key = limitedKey(owner, others);
    Map<String, String> before = contents();

    Answer answer = send(request(row, row.own, key));

    if (row.least.equals(OPEN)) {
      assertThat(answer.status()).isEqualTo(200);
    } else {
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.text("/detail")).isEqualTo("this needs the permission " + needed);
    }
    assertNothingChanged(before);
  }

  // What it asks for is foreign to it: so nothing changes, and the answer shows that it was let in.
  @ParameterizedTest
  @MethodSource("table")
  void permissionOfTheOperationIsEnoughWithinItsOrganization(Row row) {
    if (row.least.equals(OPEN)) {
      return;
    }
    String key = limitedKey(other, List.of(permission(row)));
    Map<String, String> before = contents();
    List<Attempt> attempts = new ArrayList<>(row.foreign);
    if (attempts.isEmpty() && row.operation.startsWith("GET")) {
      attempts.add(row.own);
    }

    for (Attempt attempt : attempts) {
      Answer answer = send(request(row, attempt, key));

      assertThat(answer.status()).as(attempt.path + answer.body()).isEqualTo(attempt.status);
      assertThat(answer.text("/detail")).doesNotContain("this needs");
    }
    assertNothingChanged(before);
  }

  private String boundKey(String to, String id) {
    return post(
            ADMIN_KEY,
            "/api-keys",
            Map.of(
                "name",
                "bound",
                "permissions",
                Permission.words(
                    EnumSet.allOf(Permission.class).stream()
                        .filter(Permission::canBeBound)
                        .toList()),
                to,
                List.of(id)))
        .text("/key");
  }

  private String limitedKey(Map<String, String> organization, List<String> permissions) {
    return post(
            ADMIN_KEY,
            "/api-keys",
            Map.of(
                "name",
                "limited",
                "permissions",
                permissions,
                "organization",
                organization.get("organization")))
        .text("/key");
  }

  /** What an operation needs; the first that matches. */
  private static String permission(Row row) {
    return PERMISSIONS.stream()
        .filter(one -> row.operation.matches(one.get(0)))
        .map(one -> one.get(1))
        .findFirst()
        .orElse("none");
  }

  @ParameterizedTest
  @MethodSource("table")
  void otherOrganizationSeesAndChangesNothing(Row row) {
    Map<String, String> before = contents();

    for (Attempt attempt : row.foreign) {
      Answer answer = send(request(row, attempt, other.get("key.admin")));

      assertThat(answer.status()).as(attempt.path).isEqualTo(attempt.status);
      // What the request names itself may be repeated to it.
      String asked = filled(attempt.path) + filled(attempt.body);
      String told = told(answer);
      Stream.of(
              "mark",
              "agent",
              "account",
              "message",
              "conversation",
              "bounce",
              "upload",
              "draft",
              "key",
              "oauth")
          .map(owner::get)
          .filter(thing -> !asked.contains(thing))
          .forEach(thing -> assertThat(told).as(attempt.path).doesNotContain(thing));
    }
    assertNothingChanged(before);
  }

  @ParameterizedTest
  @MethodSource("table")
  void keyBoundToAnotherAgentOrAccountSeesAndChangesNothing(Row row) {
    if (!isBindable(row) || row.operation.equals("POST /attachments")) {
      return;
    }
    List<Attempt> attempts = new ArrayList<>(row.foreign);
    if (row.operation.equals("GET /events/stream")) {
      attempts.clear(); // It would stream.
    }
    attempts.add(row.own);
    Map<String, String> before = contents();

    for (String key : List.of("key.spare", "key.second")) {
      for (Attempt attempt : attempts) {
        Answer answer = send(request(row, attempt, owner.get(key)));

        assertThat(answer.status()).as(attempt.path).isIn(200, 400, 403, 404);
        String asked = filled(attempt.path) + filled(attempt.body);
        String told = told(answer);
        Stream.of(
                "agent",
                "account",
                "address",
                "message",
                "received",
                "conversation",
                "bounce",
                "upload",
                "draft",
                "held",
                "review",
                "reviewer",
                "event",
                "webhook",
                "link",
                "key")
            .map(owner::get)
            .filter(thing -> !asked.contains(thing))
            .forEach(thing -> assertThat(told).as(attempt.path).doesNotContain(thing));
      }
    }
    assertNothingChanged(before);
  }

  @ParameterizedTest
  @MethodSource("table")
  void keyBoundToTheAgentOrAccountReadsWhatConcernsIt(Row row) {
    if (!isBindable(row) || !row.operation.startsWith("GET")) {
      return;
    }
    boolean ofAgent = row.operation.startsWith("GET /agents/");

    for (String key : List.of("key.agent", "key.account")) {
      Answer answer = send(request(row, row.own, owner.get(key)));

      int expected = ofAgent && key.equals("key.account") ? 404 : row.own.status;
      assertThat(answer.status())
          .as(key + answer.body())
          .isEqualTo(
              NOT_BOUND.entrySet().stream()
                  .filter(one -> row.operation.matches(one.getKey()))
                  .map(Map.Entry::getValue)
                  .findFirst()
                  .orElse(expected));
    }
  }

  private static boolean isBindable(Row row) {
    return Permission.of(permission(row)).filter(Permission::canBeBound).isPresent();
  }

  /** Runs last, since it deletes. */
  @Order(Integer.MAX_VALUE)
  @ParameterizedTest
  @MethodSource("table")
  void leastRoleOfTheOwnerIsLetIn(Row row) {
    Answer answer =
        send(request(row, row.own, row.least.equals(OPEN) ? null : owner.get("key." + row.least)));

    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(row.own.status);
  }

  static Stream<Row> table() {
    return TABLE.stream();
  }

  private record Attempt(int status, String path, @Nullable String body) {}

  private static Row row(String operation, String least) {
    return new Row(operation, least);
  }

  private static final class Row {
    private final String operation;
    private final String least;
    private final List<Attempt> foreign = new ArrayList<>();
    private Attempt own = new Attempt(0, "", null);

    Row(String operation, String least) {
      this.operation = operation;
      this.least = least;
    }

    String operation() {
      return operation;
    }

    Row own(int status, String path) {
      return own(status, path, null);
    }

    Row own(int status, String path, @Nullable String body) {
      own = new Attempt(status, path, body);
      return this;
    }

    Row foreign(int status, String path) {
      return foreign(status, path, null);
    }

    Row foreign(int status, String path, @Nullable String body) {
      foreign.add(new Attempt(status, path, body));
      return this;
    }

    /** The same request finds nothing. */
    Row hidden() {
      return foreign(404, own.path, own.body);
    }

    /** The same request lists other things. */
    Row list() {
      return foreign(200, own.path);
    }

    /** Nobody asks for another organisation. */
    Row ofOrganization() {
      return foreign(403, own.path + "?organization={organization}");
    }

    @Override
    public String toString() {
      return operation;
    }
  }

  private MockHttpServletRequestBuilder request(Row row, Attempt attempt, @Nullable String key) {
    String method = row.operation.substring(0, row.operation.indexOf(' '));
    MockHttpServletRequestBuilder request =
        MockMvcRequestBuilders.request(
            HttpMethod.valueOf(method), java.net.URI.create("/api/v1" + filled(attempt.path)));
    if (key != null) {
      request.header("Authorization", "Bearer " + key);
    }
    if (attempt.body != null) {
      boolean json = attempt.body.startsWith("{");
      boolean csv = attempt.body.startsWith("address");
      request
          .contentType(json ? "application/json" : csv ? "text/csv" : "text/plain")
          .content(filled(attempt.body));
    }
    return request;
  }

  private String filled(@Nullable String text) {
    Matcher places = PLACE.matcher(text == null ? "" : text);
    return places.replaceAll(
        place -> {
          String thing = owner.get(place.group(1));
          return Matcher.quoteReplacement(thing == null ? place.group() : thing);
        });
  }

  private static String told(Answer answer) {
    return new String(answer.response().getContentAsByteArray(), StandardCharsets.UTF_8);
  }

  /** A review of the message, as one that has ended. */
  private String review(Map<String, String> things) {
    insert(
        """
        WITH id AS (SELECT CAST(:id AS uuid) AS unused)
        INSERT INTO outbound_review_version (message_id, version, content_sha256, content_size, transport, recipients,
          subject, hash, made_by, created_at)
        SELECT '%s', 1, repeat('0', 64), 1, 'platform', '{}', '', '', 'agent', now() FROM id
        """
            .formatted(things.get("message")));
    return insert(
        """
        INSERT INTO outbound_review (id, message_id, organization, agent_id, state, version, reasons, has_findings,
          policy_version, four_eyes, conversation_changed, alike, requested_at, due_at, expires_at)
        SELECT :id, '%s', organization, '%s', 'cancelled', 1, '[]', false, '', false, false, '', now(), now(), now()
        FROM message WHERE id = '%s'
        """
            .formatted(things.get("message"), things.get("agent"), things.get("message")));
  }

  private void assertNothingChanged(Map<String, String> before) {
    assertThat(contents()).isEqualTo(before);
  }

  /** Has each table note that it was written, so that a test reads only those again. */
  private void noteWrites() {
    jdbc.sql(
            """
            CREATE SCHEMA access_matrix;
            CREATE UNLOGGED TABLE access_matrix.written (relation text NOT NULL);
            CREATE FUNCTION access_matrix.note_write() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              INSERT INTO access_matrix.written VALUES (TG_RELID::regclass::text);
              RETURN NULL;
            END $$;
            """)
        .update();
    List<String> tables =
        jdbc.sql(
                """
                SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
                  AND relname NOT IN
                    ('flyway_schema_history', 'rollout_evaluator', 'message_search', 'search_progress')
                """)
            .query(String.class)
            .list();
    for (String table : tables) {
      jdbc.sql(
              """
              CREATE TRIGGER note_write AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s
              FOR EACH STATEMENT EXECUTE FUNCTION access_matrix.note_write()
              """
                  .formatted(table))
          .update();
      contents.put(table, read(table));
    }
  }

  @AfterAll
  void noteNoWrites() {
    jdbc.sql("DROP SCHEMA access_matrix CASCADE").update();
  }

  /** All that is stored, but for what a request of anybody notes of its own key, and the index. */
  private Map<String, String> contents() {
    // What is written after this statement is noted for the next time.
    jdbc.sql(
            """
            WITH noted AS (DELETE FROM access_matrix.written RETURNING relation)
            SELECT DISTINCT relation FROM noted
            """)
        .query(String.class)
        .list()
        .forEach(table -> contents.put(table, read(table)));
    return Map.copyOf(contents);
  }

  private String read(String table) {
    String row =
        switch (table) {
          case "api_key" -> "(id, name, role, organization, key_sha256)::text";
          case "permission_key" -> "(id, name, permissions, organization, key_sha256)::text";
          default -> "t::text";
        };
    return jdbc.sql(
            "SELECT count(*) || ' rows, hash ' || coalesce(sum(hashtextextended(%s, 0)), 0) FROM %s t"
                .formatted(row, table))
        .query(String.class)
        .single();
  }

  /** Makes one of everything for an organisation. */
  private void fill(Map<String, String> things) {
    String mark = fresh("owned");
    things.put("mark", mark);
    things.put("organization", mark);
    things.put("address", mark + "@example.test");
    String account = account(mark, things.get("address"));
    things.put("account", account);
    things.put("agent", get(ADMIN_KEY, "/accounts/" + account).text("/agent"));
    things.put("spare", agent(mark));
    things.put(
        "link",
        post(ADMIN_KEY, "/accounts/connect-links", Map.of("agent", things.get("agent")))
            .text("/id"));
    things.put(
        "erasure",
        post(
                ADMIN_KEY,
                "/erasures",
                Map.of("organization", mark, "address", "gone-" + mark + "@else.test"))
            .text("/id"));
    for (String role : ROLES) {
      things.put("key." + role, key(role, mark));
    }
    String admin = things.get("key.admin");
    things.put(
        "key", post(admin, "/api-keys", Map.of("name", mark, "role", "producer")).text("/id"));
    things.put(
        "person",
        post(
                admin,
                "/people",
                Map.of(
                    "email",
                    mark + "@people.test",
                    "name",
                    mark,
                    "roles",
                    List.of("viewer"),
                    "password",
                    "a long enough password"))
            .text("/id"));
    things.put(
        "oauth",
        post(admin, "/oauth-clients", Map.of("provider", "google", "clientId", mark)).text("/id"));
    things.put(
        "upload",
        send(MockMvcRequestBuilders.post("/api/v1/attachments?name=" + mark + ".txt")
                .header("Authorization", "Bearer " + admin)
                .contentType(MediaType.TEXT_PLAIN)
                .content(mark))
            .text("/id"));
    things.put(
        "draft",
        post(admin, "/drafts", Map.of("from", things.get("address"), "subject", mark)).text("/id"));
    things.put("message", submit(admin, things, mark));
    things.put("review", review(things));
    things.put(
        "reviewer",
        insert(
            """
            INSERT INTO mail_reviewer (id, organization, agents, address, mailbox, decides_by, code_sha256, named_by,
              created_at)
            SELECT CAST(:id AS uuid), organization, '{}', id || '@people.test', id::text, 'code', '\\x00', 'user:admin', now()
            FROM message WHERE id = '%s'
            """
                .formatted(things.get("message"))));
    things.put(
        "conversation", get(admin, "/messages/" + things.get("message")).text("/conversationId"));
    StoredMail mails = new StoredMail(jdbc);
    UUID of = UUID.fromString(account);
    UUID received = mails.ingested(of, mark, mark, null);
    things.put("received", received.toString());
    things.put(
        "way",
        insert(
            """
            INSERT INTO trusted_way (id, agent_id, contact, signer, created_at)
            VALUES (:id, '%s', '%s@else.test', 'list.test', now())
            """
                .formatted(things.get("agent"), mark)));
    things.put(
        "request",
        post(
                admin,
                "/agents/" + things.get("agent") + "/contact-requests",
                Map.of("address", "wanted@else.test", "reason", mark))
            .text("/id"));
    things.put("held", mails.held(of, mark, null).toString());
    things.put("quarantined", mails.mail(of, "quarantined", mark, null, mark, null).toString());
    things.put("event", mails.event(mark, "message.received", received).toString());
    things.put(
        "webhook",
        post(admin, "/webhooks", Map.of("url", "http://localhost:1/" + mark)).text("/id"));
    things.put(
        "delivery",
        insert(
            """
            INSERT INTO webhook_delivery (id, webhook_id, event_id, position, type, state, due_at, give_up_at, created_at,
              ended_at)
            VALUES (:id, '%s', '%s', 1, '%s', 'failed', now(), now(), now(), now())
            """
                .formatted(things.get("webhook"), things.get("event"), mark)));
    things.put(
        "rule",
        post(
                admin,
                "/outgoing-rules",
                Map.of("name", mark, "kind", "words", "entries", List.of("x")))
            .text("/id"));
    things.put("suppressed", mark + "@else.test");
    post(admin, "/suppressions", Map.of("address", things.get("suppressed"), "note", mark));
    things.put(
        "bounce",
        insert(
            """
            INSERT INTO bounce (id, inbound_mail_id, account_id, message_id, kind, diagnostic, created_at)
            VALUES (:id, '%s', '%s', '%s', 'failed', '%s', now())
            """
                .formatted(things.get("quarantined"), account, things.get("message"), mark)));
    things.put(
        "rejected",
        insert(
            """
            INSERT INTO rejected_submission (id, broker_id, organization, reason, body, created_at)
            VALUES (:id, '%1$s', '%1$s', '%1$s', '{}'::bytea, now())
            """
                .formatted(mark)));
    things.put(
        "testmail",
        insert(
            """
            INSERT INTO test_mail (id, account_id, organization, requested_by, recipient, requested_at)
            VALUES (:id, '%s', '%s', 'somebody', '%s@example.test', now())
            """
                .formatted(account, mark, mark)));
    things.put(
        "testrun",
        insert(
            """
            INSERT INTO test_run (id, subject, account_id, sides, ok, problem, deadline_at, ended_at)
            VALUES (:id, '%s', '%s', '[]', false, '%s', now(), now())
            """
                .formatted(mark, account, mark)));
    jdbc.sql(
            "INSERT INTO held_correspondent (agent_id, address, mails, held_at) VALUES"
                + " (:agent::uuid, 'loop@else.test', 9, now())")
        .param("agent", things.get("agent"))
        .update();
  }

  private String submit(String key, Map<String, String> things, String mark) {
    Answer answer =
        post(
            key,
            "/messages",
            Map.of(
                "from",
                things.get("address"),
                "to",
                "ben@else.test",
                "subject",
                mark,
                "body",
                mark));
    assertThat(answer.status()).isEqualTo(202);
    return answer.text("/messageId");
  }

  private String insert(String sql) {
    UUID id = UUID.randomUUID();
    jdbc.sql(sql).param("id", id).update();
    return id.toString();
  }
}
