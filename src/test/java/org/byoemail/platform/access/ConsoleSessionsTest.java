package org.byoemail.platform.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.http.Cookie;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.byoemail.format.mail.Tokens;
import org.byoemail.operations.setup.PersonSetup;
import org.byoemail.operations.setup.SetupConflict;
import org.byoemail.support.StatementLog;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.transaction.support.TransactionTemplate;

/** Logins to the console, seen from two nodes. */
class ConsoleSessionsTest extends WebTest {
  private static final String PASSWORD = "a long enough password";

  @Autowired private ConsoleSessions node;
  @Autowired private PersonSetup setup;
  @Autowired private ConsoleSettings settings;
  @Autowired private PeopleSettings peopleSettings;
  @Autowired private ApiSettings api;
  @Autowired private OidcSettings oidc;
  @Autowired private People people;
  @Autowired private Passwords passwords;
  @Autowired private TransactionTemplate transactions;
  @Autowired private ApplicationEventPublisher publisher;

  private final String email = fresh("pat") + "@people.test";
  private String person = "";

  @BeforeEach
  void personWithARole() {
    person = person(email, "default", "viewer", PASSWORD);
  }

  @Test
  void sessionIsValidOnEveryNodeAndEndsOnEveryNode() {
    ConsoleSessions other = otherNode(settings);
    Cookie session = loginOf(email, PASSWORD);

    assertThat(other.find(session.getValue(), true).orElseThrow().caller().person())
        .hasToString(person);
    other.end(session.getValue());
    assertThat(get("/console/inbox", session).getRedirectedUrl()).isEqualTo("/login");
  }

  @Test
  void personWhoIsDisabledIsLoggedOutAtOnce() {
    Cookie session = loginOf(email, PASSWORD);
    assertThat(get("/console/inbox", session).getStatus()).isEqualTo(200);

    patch(ADMIN_KEY, "/people/" + person, Map.of("disabled", true));

    assertThat(get("/console/inbox", session).getRedirectedUrl()).isEqualTo("/login");
    assertThat(failedLogin()).isEqualTo("/login?wrong");
  }

  @Test
  void loginThatWasCheckedBeforeThePasswordWasChangedBeginsNoSession() {
    int checked = people.login(email).orElseThrow().person().credentials().loginVersion();

    people.setPassword(UUID.fromString(person), passwords.hash(PASSWORD));
    String late = node.create(UUID.fromString(person), checked, null, "192.0.2.1", "browser");

    assertThat(node.find(late, true)).isEmpty();
  }

  @Test
  void sessionThatIsStoredWhileThePersonIsDisabledIsNotRevivedLater() throws Exception {
    int checked = people.login(email).orElseThrow().person().credentials().loginVersion();
    UUID id = UUID.fromString(person);

    FutureTask<String> login =
        new FutureTask<>(() -> node.create(id, checked, null, "192.0.2.1", "browser"));
    transactions.executeWithoutResult(
        status -> {
          people.setDisabled(null, id, true);
          startAndAwaitLock(login);
        });
    String late = login.get(10, TimeUnit.SECONDS);
    people.setDisabled(null, id, false);

    assertThat(node.find(late, true)).isEmpty();
  }

  @Test
  void ownSessionContinuesAfterAChangeOfThePasswordAndTheOthersEnd() throws Exception {
    Cookie mine = loginOf(email, PASSWORD);
    Cookie other = loginOf(email, PASSWORD);

    mvc.perform(
        MockMvcRequestBuilders.post("/console/profile/password")
            .cookie(mine)
            .with(csrf())
            .param("currentPassword", PASSWORD)
            .param("password", "another long password"));

    assertThat(node.find(mine.getValue(), true)).isPresent();
    assertThat(node.find(other.getValue(), true)).isEmpty();
  }

  @Test
  void personOfAProviderIsLoggedOutEarlier() {
    jdbc.sql("UPDATE person SET issuer = 'https://id.test', subject = :id::text WHERE id = :id")
        .param("id", UUID.fromString(person))
        .update();

    loginOf(email, PASSWORD);

    assertThat(sessionsNow())
        .singleElement()
        .satisfies(
            one ->
                assertThat(Duration.between(one.createdAt(), one.expiresAt()))
                    .isEqualTo(Duration.ofHours(12)));
  }

  @Test
  void changedRoleAppliesToOpenSessions() {
    Cookie session = loginOf(email, PASSWORD);
    assertThat(get("/console/people", session).getStatus()).isEqualTo(403);

    patch(ADMIN_KEY, "/people/" + person, Map.of("roles", List.of("admin")));

    assertThat(get("/console/people", session).getStatus()).isEqualTo(200);
  }

  @Test
  void ofAChangeThatIsRefusedInPartNothingIsMade() {
    UUID id = UUID.fromString(person);
    Caller self =
        new Caller(
            email,
            Role.ADMIN,
            Set.of(Permission.values()),
            null,
            Caller.Kind.USER,
            null,
            null,
            null,
            id);

    assertThatThrownBy(() -> setup.change(self, id, "Other", null, null, true))
        .isInstanceOf(SetupConflict.class);

    assertThat(setup.find(self, id).name()).isEqualTo("Pat");
  }

  @Test
  void requestCostsOneStatement() {
    Cookie session = loginOf(email, PASSWORD);

    try (StatementLog log = new StatementLog()) {
      get("/console/inbox", session);

      assertThat(log.of("console_session")).hasSize(1);
    }
  }

  @Test
  void pageThatUpdatesItselfKeepsNobodyLoggedIn() throws Exception {
    Cookie session = loginOf(email, PASSWORD);
    visited(session, "7 hours 59 minutes");

    MockHttpServletResponse polled = poll(session);
    visited(session, "8 hours 1 minute");
    MockHttpServletResponse late = poll(session);

    assertThat(polled.getStatus()).isEqualTo(200);
    assertThat(late.getStatus()).isEqualTo(204);
    assertThat(late.getHeader("HX-Redirect")).isEqualTo("/login");
  }

  @Test
  void visitProlongsASessionButNotBeyondItsLifetime() {
    Cookie session = loginOf(email, PASSWORD);
    visited(session, "7 hours");

    get("/console/inbox", session);

    assertThat(sessionsNow().get(0).lastVisitAt())
        .isAfter(sessionsNow().get(0).createdAt().minus(Duration.ofMinutes(1)));
    update(session, "expires_at = statement_timestamp()");
    assertThat(get("/console/inbox", session).getRedirectedUrl()).isEqualTo("/login");
  }

  @Test
  void changedPasswordOfTheSettingsEndsItsSessions() {
    Cookie session = login();
    ConsoleSessions later =
        otherNode(
            new ConsoleSettings(
                "admin", "another password", Duration.ofHours(8), Duration.ofDays(7)));

    assertThat(node.find(session.getValue(), true)).isPresent();
    assertThat(later.find(session.getValue(), true)).isEmpty();
  }

  @Test
  void logoutEndsTheSession() throws Exception {
    Cookie session = loginOf(email, PASSWORD);

    mvc.perform(MockMvcRequestBuilders.post("/logout").cookie(session).with(csrf()));

    assertThat(node.find(session.getValue(), true)).isEmpty();
  }

  @Test
  void olderSessionsEndAtALoginWhereThereAreTooMany() {
    for (int i = 0; i < 55; i++) {
      node.create(UUID.fromString(person), 0, null, "192.0.2.1", "browser");
    }

    assertThat(node.list(UUID.fromString(person), 100)).hasSize(50);
  }

  @Test
  void secretOfASessionIsNotStored() {
    Cookie session = loginOf(email, PASSWORD);

    List<String> rows =
        jdbc.sql("SELECT s::text FROM console_session s").query(String.class).list();

    assertThat(rows)
        .isNotEmpty()
        .allSatisfy(row -> assertThat(row).doesNotContain(session.getValue()));
    assertThat(
            jdbc.sql("SELECT password_hash FROM person WHERE id = :id")
                .param("id", UUID.fromString(person))
                .query(String.class)
                .single())
        .startsWith("{bcrypt}");
  }

  private ConsoleSessions otherNode(ConsoleSettings its) {
    return new ConsoleSessions(
        jdbc, its, peopleSettings, new SettingsLogin(its, api), oidc, publisher);
  }

  private List<ConsoleSession> sessionsNow() {
    return node.list(UUID.fromString(person), 10);
  }

  private void visited(Cookie session, String ago) {
    update(session, "last_visit_at = statement_timestamp() - interval '" + ago + "'");
  }

  private void update(Cookie session, String change) {
    jdbc.sql("UPDATE console_session SET " + change + " WHERE token_sha256 = :sha256")
        .param("sha256", Tokens.sha256(session.getValue()))
        .update();
  }

  private MockHttpServletResponse poll(Cookie session) {
    return response(
        MockMvcRequestBuilders.get("/console/inbox").cookie(session).header("HX-Request", "true"));
  }

  private MockHttpServletResponse get(String path, Cookie session) {
    return response(MockMvcRequestBuilders.get(path).cookie(session));
  }

  private String failedLogin() {
    return String.valueOf(
        response(
                MockMvcRequestBuilders.post("/login")
                    .with(csrf())
                    .param("username", email)
                    .param("password", PASSWORD))
            .getRedirectedUrl());
  }

  private MockHttpServletResponse response(MockHttpServletRequestBuilder request) {
    try {
      return mvc.perform(request).andReturn().getResponse();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
