package org.byoemail.console;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.Cookie;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.ContactPolicy;
import org.byoemail.account.registry.ContactPolicy.Mode;
import org.byoemail.account.registry.ContactPolicy.Unproven;
import org.byoemail.format.html.SafeHtml;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.conversation.ContentStore;
import org.byoemail.support.StatementLog;
import org.byoemail.support.StoredMail;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;

class ConsoleTest extends WebTest {
  private static final String HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>";

  /** Accounts of the same agent that come before all others. */
  private static final String CROWD =
      """
      WITH agent AS (SELECT agent_id FROM agent_email_account WHERE id = :account),
        made AS (
          INSERT INTO endpoint (id, address, owner_agent_id, created_at)
          SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, n || '@crowd.test', agent_id, now()
          FROM agent, generate_series(1, 200) AS n RETURNING id, owner_agent_id)
      INSERT INTO agent_email_account (id, endpoint_id, agent_id, created_at, updated_at)
      SELECT id, id, owner_agent_id, now(), now() FROM made
      """;

  @Autowired private ContentStore content;
  @Autowired private Agents agents;

  @Test
  void wrongPasswordIsRefused() {
    MockHttpServletResponse answer =
        perform(
            MockMvcRequestBuilders.post("/login")
                .with(csrf())
                .param("username", "admin")
                .param("password", "wrong"));

    assertThat(answer.getRedirectedUrl()).isEqualTo("/login?wrong");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/console/accounts", "/console/agents", "/logout", "/login"})
  void formWithoutTokenIsRefused(String path) {
    MockHttpServletResponse answer =
        perform(MockMvcRequestBuilders.post(path).cookie(login()).param("name", "forged"));

    assertThat(answer.getStatus()).isEqualTo(403);
  }

  @Test
  void consoleSessionDoesNotOpenTheApi() {
    MockHttpServletResponse answer =
        perform(MockMvcRequestBuilders.get("/api/v1/agents").cookie(login()));

    assertThat(answer.getStatus()).isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource({"support, open", "back-office, listed", "no-such-kind, known"})
  void formOfANewAgentHasThePolicyOfItsKind(String kind, String inbound) throws Exception {
    String page =
        perform(MockMvcRequestBuilders.get("/console/agents/new?kind=" + kind).cookie(login()))
            .getContentAsString();

    assertThat(page).contains("/console/agents/new?kind=support", "Support desk");
    int choice = page.indexOf("id=\"inbound\"");
    assertThat(page.substring(choice, page.indexOf("</select>", choice)))
        .containsPattern("<option value=\"" + inbound + "\"[^>]*selected");
  }

  @ParameterizedTest
  @CsvSource({
    "'', new-correspondents",
    "support, never",
    "back-office, external",
    "newsletters, always",
    "outreach, never"
  })
  void agentThatIsMadeInTheConsoleIsReviewedAsItsKindSays(String kind, String when)
      throws Exception {
    String name = fresh("Agent");

    perform(
        MockMvcRequestBuilders.post("/console/agents")
            .cookie(login())
            .with(csrf())
            .param("name", name)
            .param("kind", kind));
    String other = fresh("Agent");
    perform(
        MockMvcRequestBuilders.post("/console/agents")
            .cookie(login())
            .with(csrf())
            .param("name", other)
            .param("kind", kind)
            .param("review", "always"));

    assertThat(reviewed(name)).isEqualTo(when);
    assertThat(reviewed(other)).isEqualTo("always");
  }

  private String reviewed(String agent) {
    return items(ADMIN_KEY, "/agents").stream()
        .filter(one -> one.path("name").asText().equals(agent))
        .map(one -> one.at("/sendingPolicy/review/when").asText())
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/console/accounts",
        "/console/accounts/new",
        "/console/agents",
        "/console/agents/new",
        "/console/outbox",
        "/console/outbox?status=failed",
        "/console/inbox",
        "/console/inbox?status=refused",
        "/console/bounces",
        "/console/suppressions",
        "/console/sending-policy?organization=default",
        "/console/dead-letters",
        "/console/quarantine",
        "/console/held",
        "/console/events",
        "/console/routes",
        "/console/retention",
        "/console/audit",
        "/console/audit?action=account.*&actor=admin",
        "/console/accounts/import"
      })
  void everyPageIsThereUnderAPolicyWithoutInlineScripts(String path) {
    MockHttpServletResponse page =
        perform(MockMvcRequestBuilders.get(java.net.URI.create(path)).cookie(login()));

    assertThat(page.getStatus()).isEqualTo(200);
    assertThat(page.getHeader("Content-Security-Policy"))
        .contains("default-src 'self'", "frame-ancestors 'self'")
        .doesNotContain("unsafe-inline");
    assertThat(page.getHeader("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(page.getHeader("Cache-Control")).contains("no-store");
  }

  @Test
  void formOfAnAccountOffersTheNewestAgentsAndTheChosenOne() throws Exception {
    ContactPolicy policy = new ContactPolicy(Mode.OPEN, Mode.OPEN, List.of(), false, Unproven.HOLD);
    String oldest =
        agents.create(new OrganizationId("default"), fresh("oldest"), policy).id().toString();
    for (int n = 0; n < 200; n++) {
      agents.create(new OrganizationId("default"), "one of many", policy);
    }
    String newest =
        agents.create(new OrganizationId("default"), fresh("newest"), policy).id().toString();

    String form = content("/console/accounts/new");
    String ofTheOldest = content("/console/accounts/new?agent=" + oldest);

    assertThat(form).contains(newest, "The newest agents.").doesNotContain(oldest);
    assertThat(ofTheOldest).contains("<option value=\"" + oldest + "\" selected");
    assertThat(content("/console/accounts/import")).contains(newest, "The newest agents.");
    jdbc.sql("DELETE FROM agent WHERE name = 'one of many'").update();
  }

  @Test
  void accountsAreFilteredByStatusAgentAndAPartOfTheAddress() throws Exception {
    String part = fresh("part");
    String idle = account("default", part + ".idle@example.test");
    String paused = account("default", part + ".paused@example.test");
    String failing = account("default", part + ".failing@example.test");
    String renewed = account("default", part + ".renewed@example.test");
    set(paused, "paused_at = now()");
    set(renewed, "needs_reauthorization_at = now()");
    enable(failing);
    jdbc.sql(
            """
            INSERT INTO account_health (account_id, side, error, error_at) VALUES (:id, 'smtp', 'refused', now())
            ON CONFLICT (account_id, side) DO UPDATE SET error = excluded.error
            """)
        .param("id", UUID.fromString(failing))
        .update();
    String like = "&address=" + part.toUpperCase(java.util.Locale.ROOT);

    assertThat(listed(like)).containsExactlyInAnyOrder(idle, paused, failing, renewed);
    assertThat(listed("&status=disabled" + like)).containsExactly(idle);
    assertThat(listed("&status=paused" + like)).containsExactly(paused);
    assertThat(listed("&status=error" + like)).containsExactly(failing);
    assertThat(listed("&status=needs_reauthorization" + like)).containsExactly(renewed);
    assertThat(listed("&status=active" + like)).isEmpty();
    assertThat(listed("&address=" + part + "%25")).isEmpty();
    assertThat(content("/console/accounts?address=nobody-" + part)).contains("No account matches");
    String agent = get(ADMIN_KEY, "/accounts/" + idle).text("/agent");
    assertThat(listed("&agent=" + agent)).contains(idle).doesNotContain(paused);
    assertThat(content("/console/agents/" + agent)).contains("/console/accounts/" + idle);
  }

  private List<String> listed(String query) throws Exception {
    return java.util.regex.Pattern.compile("/console/accounts/([0-9a-f-]{36})\"")
        .matcher(content("/console/accounts?" + query.substring(1)))
        .results()
        .map(found -> found.group(1))
        .distinct()
        .toList();
  }

  private void enable(String account) {
    set(
        account,
        "smtp_host = 'mail.test', smtp_port = 587, smtp_security = 'starttls', smtp_auth = 'none',"
            + " smtp_verified_at = now(), outbound_enabled = true");
  }

  private void set(String account, String assignment) {
    jdbc.sql("UPDATE agent_email_account SET " + assignment + " WHERE id = :id")
        .param("id", UUID.fromString(account))
        .update();
  }

  @Test
  void nodesAreListedWithTheirReleases() throws Exception {
    String node = fresh("node");
    String ended = fresh("ended");
    jdbc.sql(
            """
            INSERT INTO gateway_node (id, name, migration, started_at, seen_at)
            VALUES (:node, :node, 9164, now(), now()), (:ended, :ended, 163, now(), now() - interval '1 hour')
            """)
        .param("node", node)
        .param("ended", ended)
        .update();
    try {
      String page = content("/console/nodes").replaceAll("\\s+", " ");

      assertThat(page).containsSubsequence(node, "running", "V9164");
      assertThat(page).containsSubsequence(ended, "away", "V163");
    } finally {
      jdbc.sql("DELETE FROM gateway_node WHERE id IN (:ids)")
          .param("ids", List.of(node, ended))
          .update();
    }
  }

  @Test
  void conversationsAreListedByAgent() throws Exception {
    String account = account("default", fresh("ada") + "@example.test");
    String agent = get(ADMIN_KEY, "/accounts/" + account).text("/agent");
    String subject = fresh("subject");
    new StoredMail(jdbc).ingested(UUID.fromString(account), subject, "text", null);

    assertThat(content("/console/conversations")).contains(subject);
    assertThat(content("/console/conversations?agent=" + agent)).contains(subject);
    assertThat(content("/console/conversations?agent=" + UUID.randomUUID()))
        .contains("no conversation yet")
        .doesNotContain(subject);
  }

  private String content(String path) throws Exception {
    return perform(MockMvcRequestBuilders.get(path).cookie(login())).getContentAsString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/console/accounts/018f0000-0000-7000-8000-000000000000",
        "/console/outbox/018f0000-0000-7000-8000-000000000000",
        "/console/inbox/018f0000-0000-7000-8000-000000000000",
        "/console/attachments/018f0000-0000-7000-8000-000000000000",
        "/console/no-such-page"
      })
  void whatIsNotThereIsNotFound(String path) {
    assertThat(perform(MockMvcRequestBuilders.get(path).cookie(login())).getStatus())
        .isEqualTo(404);
  }

  @Test
  void everythingOfAStrangerIsEscaped() throws Exception {
    UUID account = UUID.fromString(account("default", fresh("ada") + "@example.test"));
    StoredMail stored = new StoredMail(jdbc);
    UUID message = stored.ingested(account, HOSTILE, HOSTILE, null);
    stored.screening(message, "unseen " + HOSTILE, "evidence " + HOSTILE);
    stored.event("default", "message.received", message);
    UUID quarantined =
        stored.mail(account, "quarantined", HOSTILE, null, "because " + HOSTILE, raw(HOSTILE));
    UUID conversation =
        jdbc.sql("SELECT conversation_id FROM message WHERE id = :id")
            .param("id", message)
            .query(UUID.class)
            .single();

    for (String path :
        java.util.List.of(
            "/console/inbox",
            "/console/inbox/" + message,
            "/console/inbox/" + quarantined,
            "/console/quarantine",
            "/console/events",
            "/console/conversations/" + conversation)) {
      String page = page(path);
      assertThat(page).as(path).contains("&lt;script&gt;");
      // The head has the console's own scripts.
      assertThat(page.substring(page.indexOf("</head>")))
          .as(path)
          .doesNotContain("<script", "<img", "<b>odd");
    }
    assertThat(page("/console/inbox/" + message))
        .contains("Findings", "hidden-instructions", "evidence &lt;", "Sale today", "unseen &lt;");
  }

  @Test
  void htmlMailIsNeutralised() throws Exception {
    UUID account = UUID.fromString(account("default", fresh("ada") + "@example.test"));
    UUID message =
        new StoredMail(jdbc)
            .ingested(
                account,
                "Hello",
                "Hello",
                """
                <html><head><style>@import url(https://evil.test/a.css)</style></head>
                <body onload="alert(1)" background="https://evil.test/b.png">
                <p style="color: red; background: url(https://evil.test/c.png)" onclick="alert(2)">Dear <b>you</b></p>
                <script>alert(3)</script><img src="https://evil.test/d.png" onerror="alert(4)" alt="a logo">
                <a href="javascript:alert(5)">one</a> <a href="https://good.test/">two</a>
                <form action="https://evil.test/"><input name="password"><button>Go</button></form>
                <iframe src="https://evil.test/"></iframe><object data="https://evil.test/"></object>
                <svg><a xlink:href="javascript:alert(6)"><text>x</text></a></svg>
                <meta http-equiv="refresh" content="0; url=https://evil.test/"><base href="https://evil.test/">
                </body></html>
                """);

    MockHttpServletResponse html =
        perform(
            MockMvcRequestBuilders.get("/console/messages/" + message + "/html").cookie(login()));
    String page = page("/console/inbox/" + message);

    assertThat(html.getContentAsString())
        .contains("Dear <b>you</b>", "color:red", "[picture: a logo]", "https://good.test/")
        .doesNotContain("evil.test", "alert", "<form", "<input", "<script", "<img", "<svg");
    assertThat(html.getHeader("Content-Security-Policy"))
        .contains("default-src 'none'", "sandbox")
        .doesNotContain("allow-scripts", "script-src", "img-src");
    assertThat(page).contains("<iframe", "sandbox").doesNotContain("srcdoc", "evil.test");
  }

  @Test
  void deeplyNestedHtmlIsShownAllTheSame() {
    String deep = "<div>".repeat(100_000) + "Hello" + "</div>".repeat(100_000);

    String shown = SafeHtml.page(deep);

    assertThat(shown).contains("</body></html>");
  }

  @Test
  void attachmentIsOnlyEverDownloaded() throws Exception {
    UUID account = UUID.fromString(account("default", fresh("ada") + "@example.test"));
    StoredMail stored = new StoredMail(jdbc);
    UUID message = stored.ingested(account, "With a file", "See there.", null);
    String sha256 = raw("<script>alert(1)</script>");
    UUID file = stored.file(message, "invoice\r\nX-Evil: \"1\".html", "text/html", sha256, 25);

    MockHttpServletResponse answer =
        perform(MockMvcRequestBuilders.get("/console/attachments/" + file).cookie(login()));

    assertThat(answer.getStatus()).isEqualTo(200);
    assertThat(answer.getHeader("Content-Disposition"))
        .startsWith("attachment")
        .doesNotContain("\r", "\n");
    assertThat(answer.getHeader("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(answer.getHeader("Content-Security-Policy")).contains("sandbox");
    assertThat(answer.getHeader("X-Evil")).isNull();
    assertThat(answer.getContentAsString()).isEqualTo("<script>alert(1)</script>");
  }

  @Test
  void refusedFormShowsTheFieldsAndNotThePassword() {
    MockHttpServletResponse page =
        perform(
            MockMvcRequestBuilders.post("/console/accounts")
                .cookie(login())
                .with(csrf())
                .param("newAgent", "Ada")
                .param("address", "nobody")
                .param("smtp.host", "mail.test")
                .param("smtp.port", "70000")
                .param("smtp.password", "a-typed-password"));

    assertThat(page.getStatus()).isEqualTo(400);
    String shown = text(page);
    assertThat(shown)
        .contains("must be 1 to 65535", "an address has the form", "mail.test")
        .doesNotContain("a-typed-password");
  }

  @Test
  void findSettingsFillsTheFormAndSavesNothing() {
    MockHttpServletResponse page =
        perform(
            MockMvcRequestBuilders.post("/console/accounts/discover")
                .cookie(login())
                .with(csrf())
                .param("newAgent", "Ada")
                .param("address", "finder@yahoo.com")
                .param("smtp.password", "a-typed-password"));

    assertThat(page.getStatus()).isEqualTo(200);
    assertThat(text(page))
        .contains(
            "Settings of Yahoo Mail",
            "Source: preset, confidence high",
            "value=\"imap.mail.yahoo.com\"",
            "value=\"smtp.mail.yahoo.com\"",
            "value=\"finder@yahoo.com\"",
            "value=\"Ada\"",
            "needs a contract with Yahoo",
            "choose App password")
        .doesNotContain("a-typed-password");
    assertThat(page("/console/accounts")).doesNotContain("finder@yahoo.com");
  }

  @Test
  void findSettingsOfNoAddressMarksTheField() {
    MockHttpServletResponse page =
        perform(
            MockMvcRequestBuilders.post("/console/accounts/discover")
                .cookie(login())
                .with(csrf())
                .param("address", "nobody")
                .param("smtp.host", "mail.test"));

    assertThat(page.getStatus()).isEqualTo(400);
    assertThat(text(page)).contains("an address has the form", "mail.test");
  }

  @Test
  void refusedAccountLeavesNoAgentBehind() {
    String agent = fresh("Half");

    perform(
        MockMvcRequestBuilders.post("/console/accounts")
            .cookie(login())
            .with(csrf())
            .param("newAgent", agent)
            .param("address", "nobody"));

    assertThat(page("/console/agents")).doesNotContain(agent);
  }

  @Test
  void whatIsNoAddressIsToldAndLiftsNobody() {
    String agent = "/console/agents/" + agent("default");

    Cookie session = login();

    String lifted =
        shownAfter(
            session, MockMvcRequestBuilders.post(agent + "/lift").param("address", "no address"));
    String suppressed =
        shownAfter(
            session,
            MockMvcRequestBuilders.post("/console/suppressions")
                .param("address", "no address")
                .param("organization", "")
                .param("note", ""));

    assertThat(lifted).contains("address is not valid");
    assertThat(suppressed).contains("address is not valid");
  }

  @Test
  void retentionOfAnOrganizationIsShownAndSet() {
    String organization = fresh("keeping");
    String path = "/console/retention?organization=" + organization;

    String set =
        shownAfter(
            login(),
            MockMvcRequestBuilders.post("/console/retention")
                .param("organization", organization)
                .param("messages", "30")
                .param("events", "0"));
    String refused =
        shownAfter(
            login(),
            MockMvcRequestBuilders.post("/console/retention")
                .param("organization", organization)
                .param("messages", "a month"));

    assertThat(set).contains("are set", "30 days", "for ever (byo.retention)");
    assertThat(refused).contains("must be 0 (for ever) to 36500 days");
    assertThat(page(path)).contains("value=\"30\"");
    assertThat(get(ADMIN_KEY, "/retention?organization=" + organization).text("/own/messages"))
        .isEqualTo("30");
  }

  @Test
  void erasureAsksAndReports() {
    String organization = fresh("erasing");
    String address = fresh("gone") + "@else.test";

    String asked =
        text(
            perform(
                MockMvcRequestBuilders.post("/console/erasures/confirm")
                    .cookie(login())
                    .with(csrf())
                    .param("organization", organization)
                    .param("address", address)));
    int before = erasures(organization);
    String begun =
        shownAfter(
            login(),
            MockMvcRequestBuilders.post("/console/erasures")
                .param("organization", organization)
                .param("address", address));
    String id =
        jdbc.sql("SELECT id::text FROM erasure WHERE organization = :o")
            .param("o", organization)
            .query(String.class)
            .single();

    assertThat(asked).contains(address, "Erase permanently", "cannot be undone");
    assertThat(before).isZero();
    assertThat(begun).contains("has started", "/console/erasures/" + id).doesNotContain(address);
    assertThat(page("/console/erasures/" + id)).contains("under way").doesNotContain(address);
  }

  private int erasures(String organization) {
    return jdbc.sql("SELECT count(*) FROM erasure WHERE organization = :o")
        .param("o", organization)
        .query(Integer.class)
        .single();
  }

  @Test
  void catchAllDomainIsAddedGetsItsRulesAndIsRemovedOnTheAccountsPage() {
    String account = account("default", fresh("all") + "@example.test");
    String path = "/console/accounts/" + account;
    String agent = get(ADMIN_KEY, "/accounts/" + account).text("/agent");
    String domain = fresh("d") + ".test";

    String added =
        shownAfter(
            login(), MockMvcRequestBuilders.post(path + "/catch-all").param("domain", domain));
    String ruled =
        shownAfter(
            login(),
            MockMvcRequestBuilders.post(path + "/catch-all")
                .param("domain", domain)
                .param("unmatched", "refuse")
                .param("rules", "sales-* " + agent + "\r\n\r\nsupport  " + agent));
    String refused =
        shownAfter(
            login(),
            MockMvcRequestBuilders.post(path + "/catch-all")
                .param("domain", domain)
                .param("rules", "support nobody"));
    String looked =
        shownAfter(
            login(),
            MockMvcRequestBuilders.post(path + "/catch-all/prove")
                .param("domain", domain)
                .param("by", "dns"));
    String removed =
        shownAfter(
            login(),
            MockMvcRequestBuilders.post(path + "/catch-all/remove").param("domain", domain));

    assertThat(added).contains("_byo-email." + domain, "byo-email-verification=", "not proved");
    assertThat(ruled).contains("sales-* " + agent, "support " + agent, "checked");
    assertThat(refused).contains("domains[0].rules[0].agent");
    assertThat(looked).contains("no TXT record");
    assertThat(removed).doesNotContain("_byo-email." + domain);
  }

  @Test
  void foldersAndAliasesAreShownOnTheAccountsPage() {
    String path = "/console/accounts/" + account("default", fresh("ada") + "@example.test");
    String alias = fresh("sales") + "@example.test";

    String saved =
        shownAfter(
            login(),
            MockMvcRequestBuilders.post(path + "/aliases")
                .param("addresses", alias + "\r\n\r\n" + fresh("more") + "@example.test"));
    String plus =
        shownAfter(
            login(),
            MockMvcRequestBuilders.post(path + "/aliases")
                .param("addresses", "")
                .param("plus", "true"));
    String refused =
        shownAfter(
            login(),
            MockMvcRequestBuilders.post(path + "/aliases").param("addresses", "no address"));
    String early =
        shownAfter(
            login(), MockMvcRequestBuilders.post(path + "/aliases/prove").param("address", alias));

    assertThat(saved).contains("Saved.", alias, "not proved", "Folder <span>INBOX</span>");
    assertThat(plus).contains("+*@example.test", "not proved");
    assertThat(refused).contains("aliases[0]");
    assertThat(early).contains("enable both sides");
    assertThat(page(path + "/edit")).contains(">INBOX</textarea>");
  }

  @Test
  void accountWhoseFoldersAreNotAllWatchedIsShown() {
    String before = account("default", fresh("abe") + "@example.test");
    String address = fresh("ada") + "@example.test";
    String account = account("default", address);
    Answer changed =
        patch(
            ADMIN_KEY,
            "/accounts/" + account,
            Map.of("imap", Map.of("folders", List.of("INBOX", "Work", "Spam"))));
    String node = UUID.randomUUID().toString();
    jdbc.sql("INSERT INTO node VALUES (:id, 'node-7', now(), now())").param("id", node).update();
    watch("UPDATE mailbox SET held_by = :value, held_since = now()", account, "INBOX", node);
    watch(
        "UPDATE mailbox SET error = :value, error_at = now()",
        account,
        "Work",
        "the folder does not exist");
    // Another account's by now.
    watch("UPDATE mailbox SET further_account_id = nullif(:value, '')::uuid", account, "Spam", "");

    String list = row(page("/console/accounts?after=" + before), address);
    String shown = page("/console/accounts/" + account);

    assertThat(changed.status()).as(changed.body().toString()).isEqualTo(200);
    assertThat(list).contains("INBOX", "on node-7").doesNotContain("Work", "Spam");
    assertThat(shown)
        .contains("Folder <span>Spam</span>", "the folder does not exist", "no node watches it");
    jdbc.sql("DELETE FROM node WHERE id = :id").param("id", node).update();
  }

  private void watch(String change, String account, String folder, String value) {
    int changed =
        jdbc.sql(change + " WHERE owner_account_id = :account::uuid AND folder = :folder")
            .param("account", account)
            .param("folder", folder)
            .param("value", value)
            .update();
    assertThat(changed).as(folder).isOne();
  }

  @Test
  void mailboxOfReportsIsNamedByItsAddressHoweverManyAccountsThereAre() {
    String organization = fresh("crowd");
    UUID id = UUID.fromString(account(organization, fresh("first") + "@example.test"));
    String chosen = fresh("chosen") + "@example.test";
    account(organization, chosen);
    String path = "/console/accounts/" + id;
    crowd(id);
    try {
      Cookie session = login();
      String saved = shownAfter(session, reportsTo(path, chosen.toUpperCase(Locale.ROOT)));
      String part = shownAfter(session, reportsTo(path, "crowd.test"));
      String unknown = shownAfter(session, reportsTo(path, "nobody@example.test"));

      assertThat(saved).contains("Saved.", "value=\"" + chosen + "\"");
      assertThat(part).contains("write the whole address of one account");
      assertThat(unknown)
          .contains("no account of this organization has the address nobody@example.test");
      assertThat(page("/console/accounts/suggestions?address=" + chosen.substring(0, 12)))
          .contains("<option value=\"" + chosen + "\">");
      assertThat(shownAfter(session, reportsTo(path, "")))
          .contains("Saved.")
          .doesNotContain("value=\"" + chosen + "\"");
    } finally {
      disperse();
    }
  }

  private static MockHttpServletRequestBuilder reportsTo(String path, String address) {
    return MockMvcRequestBuilders.post(path + "/bounce-account").param("address", address);
  }

  @Test
  void mailIsListedByTheAddressOfItsAccount() {
    String mark = fresh("box");
    UUID first = UUID.fromString(account("default", mark + "-1@example.test"));
    UUID other = UUID.fromString(account("default", mark + "-2@example.test"));
    StoredMail stored = new StoredMail(jdbc);
    stored.ingested(first, "Of the first", "Text", null);
    stored.ingested(other, "Of the other", "Text", null);

    assertThat(page("/console/inbox?address=" + mark + "-1"))
        .contains("Of the first", "value=\"" + mark + "-1@example.test\"")
        .doesNotContain("Of the other");
    assertThat(page("/console/inbox?address=" + mark))
        .contains("Which account?", "account=" + first, "account=" + other)
        .doesNotContain("Of the first");
    assertThat(page("/console/outbox?address=nobody@example.test"))
        .contains("No account has the address");
    assertThat(page("/console/inbox?account=" + other))
        .contains("Of the other", "value=\"" + mark + "-2@example.test\"");
  }

  private void crowd(UUID account) {
    jdbc.sql(CROWD).param("account", account).update();
  }

  private void disperse() {
    jdbc.sql("DELETE FROM agent_email_account WHERE id < '00000001-0000-7000-8000-000000000000'")
        .update();
    jdbc.sql("DELETE FROM endpoint WHERE id < '00000001-0000-7000-8000-000000000000'").update();
  }

  @Test
  void sentFolderIsSwitchedOnItsAccountsPage() {
    String path = "/console/accounts/" + account("default", fresh("ada") + "@example.test");
    Cookie session = login();
    String before = page(path);

    String on =
        shownAfter(
            session,
            MockMvcRequestBuilders.post(path + "/sent-folder")
                .param("enabled", "true")
                .param("folder", "Gesendet"));
    String refused =
        shownAfter(
            session,
            MockMvcRequestBuilders.post(path + "/sent-folder")
                .param("enabled", "true")
                .param("folder", "a\r\nb"));
    String off = shownAfter(session, MockMvcRequestBuilders.post(path + "/sent-folder"));

    assertThat(before).doesNotContainPattern("name=\"enabled\"[^>]* checked");
    assertThat(on)
        .containsPattern("name=\"enabled\"[^>]* checked")
        .containsPattern("name=\"folder\"[^>]*value=\"Gesendet\"");
    assertThat(refused).contains("folder must be the name of a mail folder", "Gesendet");
    assertThat(off).doesNotContainPattern("name=\"enabled\"[^>]* checked");
  }

  @Test
  void draftsFolderIsSwitchedOnItsAccountsPage() {
    String path = "/console/accounts/" + account("default", fresh("ada") + "@example.test");
    Cookie session = login();

    String on =
        shownAfter(
            session,
            MockMvcRequestBuilders.post(path + "/drafts-folder")
                .param("mirrorDrafts", "true")
                .param("folder", "Entwürfe"));
    String refused =
        shownAfter(
            session,
            MockMvcRequestBuilders.post(path + "/drafts-folder")
                .param("mirrorDrafts", "true")
                .param("folder", "a\r\nb"));
    String off = shownAfter(session, MockMvcRequestBuilders.post(path + "/drafts-folder"));

    assertThat(on)
        .containsPattern("name=\"mirrorDrafts\"[^>]* checked")
        .containsPattern("name=\"folder\"[^>]*value=\"Entwürfe\"");
    assertThat(refused).contains("folder must be the name of a mail folder", "Entwürfe");
    assertThat(off).doesNotContainPattern("name=\"mirrorDrafts\"[^>]* checked");
  }

  @Test
  void draftsAreShownSentAndDeleted() {
    String organization = fresh("drafted");
    String from = organization + "@example.test";
    String account = account(organization, from);
    String agent =
        jdbc.sql("SELECT agent_id::text FROM agent_email_account WHERE id = :id::uuid")
            .param("id", account)
            .query(String.class)
            .single();
    String key = key("producer", organization);
    String incomplete =
        post(key, "/drafts", Map.of("from", from, "subject", "<b>Unfinished</b>")).text("/id");
    String complete =
        post(
                key,
                "/drafts",
                Map.of(
                    "from",
                    from,
                    "to",
                    List.of("ben@else.test"),
                    "bcc",
                    List.of("cleo@else.test"),
                    "subject",
                    "Lunch & more",
                    "text",
                    "At noon?"))
            .text("/id");
    Cookie session = login();

    String list = page("/console/drafts?agent=" + agent);
    String others = page("/console/drafts?agent=" + UUID.randomUUID());
    String shown = page("/console/drafts/" + complete);
    String refused =
        shownAfter(
            session,
            MockMvcRequestBuilders.post("/console/drafts/" + incomplete + "/send")
                .param("version", "1"));
    String outdated =
        shownAfter(
            session,
            MockMvcRequestBuilders.post("/console/drafts/" + complete + "/send")
                .param("version", "7"));
    String notDeleted =
        shownAfter(
            session,
            MockMvcRequestBuilders.post("/console/drafts/" + incomplete + "/delete")
                .param("version", "2"));
    String sent =
        shownAfter(
            session,
            MockMvcRequestBuilders.post("/console/drafts/" + complete + "/send")
                .param("version", "1"));
    String asked = page("/console/drafts/" + incomplete + "/delete");
    String deleted =
        shownAfter(
            session,
            MockMvcRequestBuilders.post("/console/drafts/" + incomplete + "/delete")
                .param("version", "1"));

    assertThat(list).contains("&lt;b&gt;Unfinished&lt;/b&gt;", "Lunch &amp; more", incomplete);
    assertThat(others).contains("This agent has no drafts");
    assertThat(shown).contains("ben@else.test", "cleo@else.test", "At noon?", "version");
    assertThat(refused).contains("Unfinished", "to");
    assertThat(outdated).contains("the draft was changed meanwhile");
    assertThat(notDeleted).contains("the draft was changed meanwhile", "Unfinished");
    assertThat(sent).contains("The draft will be sent.", "this message");
    assertThat(asked).contains("Delete permanently", "cannot be undone");
    assertThat(deleted).contains("The draft is deleted.");
    assertThat(get(key, "/drafts/" + incomplete).status()).isEqualTo(404);
    assertThat(get(key, "/drafts/" + complete).text("/status")).isEqualTo("sent");
  }

  @Test
  void labelsOfAReceivedMessageAreAddedAndRemoved() {
    String organization = fresh("labelled");
    UUID account = UUID.fromString(account(organization, organization + "@example.test"));
    UUID message = new StoredMail(jdbc).ingested(account, "Hello", "Text.", null);
    String path = "/console/inbox/" + message;
    Cookie session = login();

    String added =
        shownAfter(session, MockMvcRequestBuilders.post(path + "/labels").param("add", "to/do"));
    String stored = get(ADMIN_KEY, "/messages/" + message).text("/labels/0");
    String removed =
        shownAfter(session, MockMvcRequestBuilders.post(path + "/labels").param("remove", "to/do"));

    assertThat(added).contains("Remove the label to/do");
    assertThat(stored).isEqualTo("to/do");
    assertThat(get(ADMIN_KEY, "/messages/" + message).body().path("labels")).isEmpty();
    assertThat(removed).contains("Saved.").doesNotContain("Remove the label");
  }

  @Test
  void labelsOfAConversationAreAddedAndRemoved() {
    String organization = fresh("labelled");
    account(organization, organization + "@example.test");
    String key = key("producer", organization);
    String message =
        post(
                key,
                "/messages",
                Map.of(
                    "from",
                    organization + "@example.test",
                    "to",
                    List.of("ben@else.test"),
                    "subject",
                    "Lunch",
                    "text",
                    "At noon?"))
            .text("/messageId");
    String path =
        "/console/conversations/" + get(key, "/messages/" + message).text("/conversationId");
    Cookie session = login();

    String added =
        shownAfter(session, MockMvcRequestBuilders.post(path + "/labels").param("add", " Urgent "));
    String refused =
        shownAfter(session, MockMvcRequestBuilders.post(path + "/labels").param("add", "a b"));
    String removed =
        shownAfter(
            session, MockMvcRequestBuilders.post(path + "/labels").param("remove", "urgent"));

    assertThat(added).contains("Remove the label urgent");
    assertThat(refused).contains("label must be 1 to 50", "Remove the label urgent");
    assertThat(removed).contains("Saved.").doesNotContain("Remove the label");
  }

  @Test
  void listAsksOnceForTheHealthOfAllItsAccounts() {
    crowd(UUID.fromString(account("default", fresh("ada") + "@example.test")));
    jdbc.sql(
            """
            INSERT INTO account_health (account_id, side, error, error_at, failures)
            VALUES ('00000000-0000-7000-8000-000000000007', 'smtp', 'the seventh cannot send', now(), 1)
            """)
        .update();
    try (StatementLog statements = new StatementLog()) {
      String page = page("/console/accounts");

      assertThat(statements.of("account_health")).hasSize(1);
      assertThat(statements.of("agent")).hasSize(1);
      assertThat(row(page, "7@crowd.test")).contains("the seventh cannot send");
      assertThat(row(page, "8@crowd.test")).doesNotContain("cannot send", "deleted agent");
    } finally {
      disperse();
    }
  }

  private static String row(String page, String address) {
    int start = page.indexOf(">" + address + "<");
    assertThat(start).as(address).isPositive();
    return page.substring(start, page.indexOf("</tr>", start));
  }

  @Test
  void mailThatMayBeKnownAlreadyIsMarkedWithTheReason() {
    UUID account = UUID.fromString(account("default", fresh("ada") + "@example.test"));
    StoredMail stored = new StoredMail(jdbc);
    UUID doubtful = stored.ingested(account, "Doubtful", "Text", null);
    UUID certain = stored.ingested(account, "Certain", "Text", null);
    jdbc.sql("UPDATE inbound_mail SET possible_duplicate = true WHERE message_id = :id")
        .param("id", doubtful)
        .update();

    assertThat(page("/console/inbox/" + doubtful))
        .contains("may be a copy", "The UIDVALIDITY of its folder has changed");
    assertThat(page("/console/inbox/" + certain))
        .doesNotContain("may be a copy", "The UIDVALIDITY of its folder has changed");
    assertThat(page("/console/inbox?account=" + account)).containsOnlyOnce("may be a copy");
  }

  @Test
  void connectLinkIsShownOnceAndWithdrawn() {
    String agent = agent("default");
    String path = "/console/connect-links?agent=" + agent;
    Cookie session = login();

    String made =
        shownAfter(
            session,
            MockMvcRequestBuilders.post("/console/connect-links")
                .param("agent", agent)
                .param("address", "ada@example.test")
                .param("days", "2"));
    String later = page(path);
    String id =
        jdbc.sql("SELECT id::text FROM connect_link WHERE agent_id = :agent::uuid")
            .param("agent", agent)
            .query(String.class)
            .single();
    String withdrawn =
        shownAfter(
            session, MockMvcRequestBuilders.post("/console/connect-links/" + id + "/revoke"));

    assertThat(made).containsPattern("value=\"https?://[^/\"]+/connect/[\\w-]{43}\"");
    assertThat(later).contains("ada@example.test", ">open<").doesNotContain("id=\"url\"");
    assertThat(withdrawn).contains("The link is withdrawn.", ">revoked<");
  }

  @Test
  void connectLinkOfTooManyDaysIsRefused() {
    String shown =
        shownAfter(
            login(),
            MockMvcRequestBuilders.post("/console/connect-links")
                .param("agent", agent("default"))
                .param("days", "8"));

    assertThat(shown).contains("expiresIn must be 60 to 604800 seconds");
  }

  /** The page that one is led to. */
  private String shownAfter(Cookie session, MockHttpServletRequestBuilder deed) {
    MockHttpServletResponse way = perform(deed.cookie(session).with(csrf()));
    assertThat(way.getStatus()).isEqualTo(302);
    return text(
        perform(MockMvcRequestBuilders.get(way.getRedirectedUrl()).cookie(after(session, way))));
  }

  private MockHttpServletResponse submit(String path, String field, String value) {
    return perform(
        MockMvcRequestBuilders.post(path).cookie(login()).with(csrf()).param(field, value));
  }

  @Override
  protected String page(String path) {
    MockHttpServletResponse page = perform(MockMvcRequestBuilders.get(path).cookie(login()));
    assertThat(page.getStatus()).as(path).isEqualTo(200);
    return text(page);
  }

  private String raw(String text) {
    return content.store(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))).sha256();
  }

  private static String text(MockHttpServletResponse response) {
    return new String(response.getContentAsByteArray(), StandardCharsets.UTF_8);
  }

  private MockHttpServletResponse perform(MockHttpServletRequestBuilder request) {
    try {
      return mvc.perform(request).andReturn().getResponse();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
