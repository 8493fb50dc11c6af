package org.byoemail.console;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.Cookie;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.byoemail.support.StoredMail;
import org.byoemail.support.WebTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpMethod;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Every page and form of the console, as the program maps them, requested by people of an
 * organisation with each role: for their own rights, and for the rows of another organisation. A
 * page that is not in the table fails the test.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleAccessTest extends WebTest {
  private static final String PASSWORD = "a long enough password";
  private static final List<String> ROLES = List.of("viewer", "reviewer", "operator", "admin");
  private static final String NOBODY = "nobody";

  /** The least role, by method and a regular expression of the path: the first that matches. */
  private static final List<List<String>> TABLE =
      List.of(
          List.of("GET", "/|/console/?|/console/overview|/console/profile", "viewer"),
          List.of("POST", "/console/profile/.*", "viewer"),
          List.of(".*", "/console/(api-keys|people|erasures|outgoing-rules)(/.*)?", "admin"),
          List.of(".*", "/console/(rollout|nodes|routes|sending|restore)(/.*)?", NOBODY),
          List.of(".*", "/console/(agents|accounts)/[^/]+/delete", "admin"),
          List.of("POST", "/console/(retention|sending-policy)", "admin"),
          List.of("POST", "/console/sending-policy/(stop|start)", "operator"),
          List.of("GET", "/console/sending-policy", "viewer"),
          List.of("POST", "/console/(held|reviews)(/.*)?", "reviewer"),
          List.of(".*", "/console/reviewers(/.*)?", "reviewer"),
          List.of("POST", "/console/agents/[^/]+/distrust", "reviewer"),
          List.of("GET", "/console/drafts/[^/]+/delete", "operator"),
          List.of(
              "GET",
              "/console/(agents/new|accounts/new|accounts/import|accounts/[^/]+/edit)",
              "operator"),
          List.of(
              "GET",
              "/console/(inbox|outbox|reviews|conversations|drafts|held|quarantine|bounces"
                  + "|dead-letters|agents|accounts|contact-requests|suppressions|webhooks|events"
                  + "|retention|audit|search|messages|attachments|connect-links)(/.*)?",
              "viewer"),
          List.of(
              "POST",
              "/console/(inbox|outbox|conversations|drafts|quarantine|dead-letters|agents|accounts"
                  + "|contact-requests|suppressions|webhooks|connect-links|messages)(/.*)?",
              "operator"));

  private final String theirs = fresh("theirs");
  private final String own = fresh("own");
  private final Map<String, Cookie> people = new LinkedHashMap<>();
  private final Map<String, List<String>> rows = new LinkedHashMap<>();

  @Autowired
  @Qualifier("requestMappingHandlerMapping")
  private RequestMappingHandlerMapping mappings;

  private record Page(String method, String path) {
    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  @BeforeAll
  void peopleOfOneOrganizationAndRowsOfAnother() {
    for (String role : ROLES) {
      people.put(role, person(own, role));
    }
    String account = account(theirs, fresh("box") + "@example.test");
    String agent = get(ADMIN_KEY, "/accounts/" + account).text("/agent");
    String from = get(ADMIN_KEY, "/accounts/" + account).text("/address");
    String key = key("admin", theirs);
    String message =
        post(
                key,
                "/messages",
                Map.of("from", from, "to", "ben@else.test", "subject", theirs, "body", theirs))
            .text("/messageId");
    String draft = post(key, "/drafts", Map.of("from", from, "subject", theirs)).text("/id");
    StoredMail mails = new StoredMail(jdbc);
    UUID of = UUID.fromString(account);
    String received = mails.ingested(of, theirs, theirs, null).toString();
    String held = mails.held(of, theirs, null).toString();
    String quarantined = mails.mail(of, "quarantined", theirs, null, theirs, null).toString();
    mails.event(theirs, "message.received", UUID.fromString(received));
    post(key, "/suppressions", Map.of("address", theirs + "@else.test", "note", theirs));
    rows.put("accounts", List.of(account));
    rows.put("agents", List.of(agent));
    rows.put("outbox", List.of(message));
    rows.put("messages", List.of(message, received));
    rows.put("inbox", List.of(received, held, quarantined));
    rows.put("held", List.of(held));
    rows.put("quarantine", List.of(quarantined));
    rows.put("conversations", List.of(get(key, "/messages/" + message).text("/conversationId")));
    rows.put("drafts", List.of(draft));
    rows.put(
        "webhooks",
        List.of(post(key, "/webhooks", Map.of("url", "http://localhost:1/" + theirs)).text("/id")));
    rows.put(
        "connect-links",
        List.of(post(key, "/accounts/connect-links", Map.of("agent", agent)).text("/id")));
    rows.put(
        "api-keys",
        List.of(post(key, "/api-keys", Map.of("name", theirs, "role", "producer")).text("/id")));
    rows.put(
        "outgoing-rules",
        List.of(
            post(
                    key,
                    "/outgoing-rules",
                    Map.of("name", theirs, "kind", "words", "entries", List.of("x")))
                .text("/id")));
    rows.put(
        "contact-requests",
        List.of(
            post(
                    key,
                    "/agents/" + agent + "/contact-requests",
                    Map.of("address", "wanted@else.test", "reason", theirs))
                .text("/id")));
    UUID reviewer = UUID.randomUUID();
    jdbc.sql(
            """
            INSERT INTO mail_reviewer
              (id, organization, agents, address, mailbox, decides_by, named_by, created_at)
            VALUES (:id, :o, '{}', :o || '@people.test', :o || '@people.test', 'login', 'test', now())
            """)
        .param("id", reviewer)
        .param("o", theirs)
        .update();
    rows.put("reviewers", List.of(reviewer.toString()));
    person(theirs, "viewer");
    rows.put(
        "people",
        List.of(
            jdbc.sql("SELECT id FROM person WHERE organization = :o")
                .param("o", theirs)
                .query(UUID.class)
                .single()
                .toString()));
  }

  @Test
  void everyPageIsInTheTable() {
    assertThat(pages()).hasSizeGreaterThan(80);
    assertThat(pages()).allSatisfy(page -> assertThat(least(page)).as(page.toString()).isNotNull());
  }

  @Test
  void roleOpensItsPagesAndNoOthers() {
    List<String> wrong = new ArrayList<>();
    for (Page page : pages()) {
      for (String role : ROLES) {
        int status = request(page, UUID.randomUUID().toString(), role).getStatus();
        int least = ROLES.indexOf(least(page));
        boolean admitted = least >= 0 && ROLES.indexOf(role) >= least;
        if (admitted == (status == 403) || status >= 500) {
          wrong.add(role + " " + page + " " + status);
        }
      }
    }

    assertThat(wrong).isEmpty();
  }

  @Test
  void rowsOfAnotherOrganizationAreNotThere() {
    List<String> wrong = new ArrayList<>();
    Set<String> unchecked = new TreeSet<>();
    for (Page page : pages()) {
      if (!page.path().contains("{id}")) {
        continue;
      }
      String kind = page.path().split("/")[2];
      List<String> ids = rows.getOrDefault(kind, List.of());
      if (ids.isEmpty()) {
        unchecked.add(kind);
      }
      for (String id : ids) {
        MockHttpServletResponse answer = request(page, id, "admin");
        if (answer.getStatus() != 404 && answer.getStatus() != 403) {
          wrong.add(page + " " + answer.getStatus());
        }
      }
    }

    assertThat(wrong).isEmpty();
    // They have a test of their own, or cannot be made without a mail server: by the same rule.
    assertThat(unchecked)
        .isSubsetOf(
            "attachments", "bounces", "dead-letters", "erasures", "nodes", "reviews", "routes");
  }

  @Test
  void listsAndSearchShowNothingOfAnotherOrganization() throws Exception {
    List<String> shown = new ArrayList<>();
    for (Page page : pages()) {
      if (page.method().equals("GET") && !page.path().contains("{")) {
        String text = request(page, "", "admin").getContentAsString();
        if (text.contains(theirs)) {
          shown.add(page.path());
        }
      }
    }
    String found =
        mvc.perform(
                MockMvcRequestBuilders.get("/console/search")
                    .param("q", rows.get("outbox").get(0))
                    .cookie(people.get("admin")))
            .andReturn()
            .getResponse()
            .getContentAsString();

    assertThat(shown).isEmpty();
    assertThat(found).doesNotContain("/console/outbox/" + rows.get("outbox").get(0));
  }

  @Test
  void parametersNameNoRowsOfAnotherOrganization() throws Exception {
    String agent = rows.get("agents").get(0);
    String account = rows.get("accounts").get(0);

    assertThat(status(MockMvcRequestBuilders.get("/console/drafts").param("agent", agent)))
        .isEqualTo(404);
    assertThat(status(MockMvcRequestBuilders.get("/console/outbox").param("account", account)))
        .isEqualTo(404);
    assertThat(status(MockMvcRequestBuilders.get("/console/connect-links").param("agent", agent)))
        .isEqualTo(404);
    assertThat(
            status(
                MockMvcRequestBuilders.post("/console/reviewers")
                    .with(csrf())
                    .param("address", "eva@people.test")
                    .param("agents", UUID.randomUUID() + ", " + agent)))
        .isEqualTo(404);
    assertThat(
            status(MockMvcRequestBuilders.get("/console/retention").param("organization", theirs)))
        .isEqualTo(403);
  }

  @Test
  void fieldsOfFormsAreParametersOfTheirNamesOnly() throws Exception {
    String agent = rows.get("agents").get(0);
    String address = fresh("planted") + "@example.test";
    MockHttpServletRequestBuilder prefixed = newAccount(address).param("!agent", agent);
    MockHttpServletRequestBuilder header = newAccount(address).header("agent", agent);

    assertThat(status(prefixed)).isEqualTo(400);
    assertThat(status(header)).isEqualTo(400);
    assertThat(
            jdbc.sql("SELECT count(*) FROM endpoint WHERE address = :address")
                .param("address", address)
                .query(Long.class)
                .single())
        .isZero();
  }

  private static MockHttpServletRequestBuilder newAccount(String address) {
    return MockMvcRequestBuilders.post("/console/accounts")
        .with(csrf())
        .param("address", address)
        .param("smtp.host", "mail.example.test")
        .param("smtp.port", "587")
        .param("smtp.security", "starttls")
        .param("smtp.auth", "plain")
        .param("smtp.username", "ada")
        .param("smtp.password", "a secret");
  }

  @Test
  void formsOfOnesOwnOrganizationNeedNotNameIt() throws Exception {
    String name = fresh("Agent");

    MockHttpServletResponse answer =
        mvc.perform(
                MockMvcRequestBuilders.post("/console/agents")
                    .cookie(people.get("admin"))
                    .with(csrf())
                    .param("name", name)
                    .param("inbound", "open")
                    .param("outbound", "open")
                    .param("unproven", "hold"))
            .andReturn()
            .getResponse();

    assertThat(answer.getStatus()).as(answer.getContentAsString()).isEqualTo(302);
    assertThat(
            jdbc.sql("SELECT organization FROM agent WHERE name = :name")
                .param("name", name)
                .query(String.class)
                .single())
        .isEqualTo(own);
  }

  @Test
  void pageOffersOnlyWhatThePersonMayDo() throws Exception {
    String viewer = page("/console/agents", "viewer");
    String admin = page("/console/agents", "admin");

    assertThat(admin).contains("/console/agents/new", ">People<").doesNotContain(">Nodes<");
    assertThat(viewer).doesNotContain("/console/agents/new", ">People<", ">Nodes<");
    assertThat(page("/console/outbox", "admin"))
        .doesNotContain("/console/rollout", "/console/sending/pause");
  }

  @Test
  void overviewOfAnOrganizationCountsItsOwnAccountsThatNeedTheirOwners() throws Exception {
    String account = account(own, fresh("box") + "@example.test");
    jdbc.sql("UPDATE agent_email_account SET needs_reauthorization_at = now() WHERE id = :id")
        .param("id", UUID.fromString(account))
        .update();

    String overview = page("/console/overview", "viewer");

    assertThat(overview)
        .contains("accounts?status=needs_reauthorization", "authorized again by their owners");
  }

  private String page(String path, String role) throws Exception {
    return mvc.perform(MockMvcRequestBuilders.get(path).cookie(people.get(role)))
        .andReturn()
        .getResponse()
        .getContentAsString();
  }

  private int status(MockHttpServletRequestBuilder request) throws Exception {
    return mvc.perform(request.cookie(people.get("admin"))).andReturn().getResponse().getStatus();
  }

  private MockHttpServletResponse request(Page page, String id, String role) {
    String path =
        page.path()
            .replace("{id}", id)
            .replace("{side}", "smtp")
            .replace("{version}", "1")
            .replaceAll("\\{[^}]+}", UUID.randomUUID().toString());
    MockHttpServletRequestBuilder request =
        MockMvcRequestBuilders.request(HttpMethod.valueOf(page.method()), java.net.URI.create(path))
            .cookie(people.get(role));
    if (page.method().equals("POST")) {
      request.with(csrf()).param("overlap", "0");
    }
    try {
      return mvc.perform(request).andReturn().getResponse();
    } catch (Exception e) {
      throw new IllegalStateException(page.toString(), e);
    }
  }

  /** The pages below the console, as they are mapped. */
  private List<Page> pages() {
    List<Page> pages = new ArrayList<>();
    mappings
        .getHandlerMethods()
        .forEach(
            (mapping, handler) -> {
              if (handler.getBeanType().getPackageName().equals("org.byoemail.console")) {
                for (String path : mapping.getPatternValues()) {
                  mapping
                      .getMethodsCondition()
                      .getMethods()
                      .forEach(method -> pages.add(new Page(method.name(), path)));
                }
              }
            });
    pages.removeIf(
        page ->
            page.path().equals("/login")
                || page.path().startsWith("/invitations/")
                || page.path().startsWith("/actuator/"));
    pages.sort((one, other) -> one.toString().compareTo(other.toString()));
    return pages;
  }

  private static @Nullable String least(Page page) {
    return TABLE.stream()
        .filter(row -> page.method().matches(row.get(0)) && page.path().matches(row.get(1)))
        .map(row -> row.get(2))
        .findFirst()
        .orElse(null);
  }

  private Cookie person(String organization, String role) {
    String email = fresh(role) + "@people.test";
    person(email, organization, role, PASSWORD);
    return loginOf(email, PASSWORD);
  }
}
