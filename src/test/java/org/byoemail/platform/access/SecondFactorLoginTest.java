package org.byoemail.platform.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.http.Cookie;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.operations.setup.SecondFactorSetup;
import org.byoemail.operations.setup.SetupConflict;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.http.HttpMethod;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.servlet.ModelAndView;

/** Logins of people who have, or need, a second factor. */
class SecondFactorLoginTest extends PersonTest {
  private static final Pattern KEY = Pattern.compile("id=\"key\">([A-Z2-7 ]+)<");

  @Autowired private SecondFactors factors;
  @Autowired private SecretSeal seal;
  @Autowired private ConsoleSessions sessions;
  @Autowired private ConsoleSettings consoleSettings;
  @Autowired private SettingsLogin settingsLogin;
  @Autowired private OidcSettings oidc;
  @Autowired private SecondFactorSetup setup;
  @Autowired private UnfinishedLogins unfinished;
  @Autowired private CompletedLogins completed;
  @Autowired private FailedLogins failures;
  @Autowired private KnownBrowsers browsers;
  @Autowired private People people;
  @Autowired private Passwords passwords;
  @Autowired private PublicUrl url;
  @Autowired private ApplicationEventPublisher publisher;
  @Autowired private TransactionTemplate transactions;

  /** Completed logins stay with the thread, without the filter that clears it. */
  @AfterEach
  void nobodyIsLoggedIn() {
    SecurityContextHolder.clearContext();
  }

  @Test
  void appIsSetUpOnTheProfilePageAndAskedForFromThenOn() {
    Cookie session = loginOf(email, PASSWORD);
    Cookie elsewhere = loginOf(email, PASSWORD);
    String wrongPassword =
        after(
            session, "/console/profile/second-factor/begin", "currentPassword", "not the password");
    String page =
        after(session, "/console/profile/second-factor/begin", "currentPassword", PASSWORD);
    String secret = key(page);
    String wrongCode = after(session, "/console/profile/second-factor/confirm", "code", "12345");

    String done = after(session, "/console/profile/second-factor/confirm", "code", code(secret));

    assertThat(wrongPassword).contains("password is wrong").doesNotContain("id=\"key\"");
    assertThat(page).contains("otpauth://totp/BYO%20Email%20gateway.example.test:", "<svg");
    assertThat(wrongCode).contains("code is wrong").contains("id=\"key\"");
    assertThat(recoveryCodes(done)).hasSize(10);
    assertThat(text(get("/console/profile").cookie(session)))
        .contains("10 recovery codes are left")
        .doesNotContain(secret, "otpauth:")
        .doesNotContain(recoveryCodes(done));
    assertThat(redirect(get("/console").cookie(elsewhere))).isEqualTo("/login");
    assertThat(text(get("/console/people/" + person).cookie(login())))
        .contains("Second factor: authenticator app", "Reset the second factor");
    assertThat(audited()).contains("person.second_factor_added", "person.sessions_ended");
    assertThat(redirect(passwordStep())).isEqualTo("/login/code");
  }

  @Test
  void sessionThatEndedMeanwhileSetsUpNothing() {
    ConsoleSessions.Found open =
        sessions.find(loginOf(email, PASSWORD).getValue(), true).orElseThrow();
    setup.begin(open.caller(), PASSWORD, open.session());
    String code = code(secret());
    sessions.endAll(individual(), null);

    assertThatThrownBy(() -> setup.confirm(open.caller(), code, open.session()))
        .isInstanceOf(SetupConflict.class)
        .hasMessage("your session has ended: log in again");

    assertThat(factors.state(person)).isEqualTo(new SecondFactors.State(false, 0, 0));
  }

  /** With whatever the browser has after the right password, at every door. */
  @ParameterizedTest
  @CsvSource({
    "GET, /console/overview, 302, /login",
    "GET, /console/profile, 302, /login",
    "GET, /console/htmx/htmx.min.js, 302, /login",
    "POST, /console/profile/second-factor/remove, 302, /login",
    "GET, /actuator/info, 401, ",
    "GET, /actuator/jolokia, 401, ",
    "GET, /actuator/hawtio/index.html, 302, /login",
    "GET, /api/v1/events/stream, 401, ",
    "GET, /api/v1/people, 401, ",
    "POST, /mcp, 401, "
  })
  void passwordAloneOpensNoDoor(String method, String path, int status, String to) {
    enrolled();
    Cookie[] cookies = response(passwordStep()).getCookies();

    MockHttpServletResponse answer =
        response(
            MockMvcRequestBuilders.request(HttpMethod.valueOf(method), path)
                .cookie(cookies)
                .with(csrf()));

    assertThat(cookies).extracting(Cookie::getName).contains("byo-login");
    assertThat(cookies).extracting(Cookie::getName).doesNotContain("byo-session", "byo-browser");
    assertThat(answer.getStatus()).isEqualTo(status);
    assertThat(answer.getRedirectedUrl()).isEqualTo(to);
  }

  @Test
  void cookieOfTheUnfinishedLoginIsNoSession() {
    enrolled();
    Cookie begun = begun();

    assertThat(
            redirect(get("/console/overview").cookie(new Cookie("byo-session", begun.getValue()))))
        .isEqualTo("/login");
    assertThat(
            response(get("/console/overview").cookie(begun).header("HX-Request", "true"))
                .getHeader("HX-Redirect"))
        .isEqualTo("/login");
    assertThat(begun.isHttpOnly()).isTrue();
    assertThat(begun.getPath()).isEqualTo("/login");
    assertThat(jdbc.sql("SELECT l::text FROM console_login l").query(String.class).list())
        .isNotEmpty()
        .allSatisfy(row -> assertThat(row).doesNotContain(begun.getValue()));
  }

  @Test
  void codeCompletesTheLoginOnceWithANewSession() {
    String secret = enrolled();
    Cookie before = login();
    Cookie begun = begun();
    Cookie page = new Cookie("byo-page", encoded("/console/inbox"));

    MockHttpServletResponse done =
        response(codeStep(code(secret), begun, before, page).with(csrf()));
    forgetUsedCodes();
    MockHttpServletResponse again = response(codeStep(code(secret), begun).with(csrf()));

    assertThat(done.getRedirectedUrl()).isEqualTo("/console/inbox");
    Cookie session = Objects.requireNonNull(done.getCookie("byo-session"));
    assertThat(session.getValue()).isNotIn(before.getValue(), begun.getValue());
    assertThat(response(get("/console/profile").cookie(session)).getStatus()).isEqualTo(200);
    assertThat(redirect(get("/console/profile").cookie(before))).isEqualTo("/login");
    assertThat(done.getCookie("byo-login").getMaxAge()).isZero();
    assertThat(again.getRedirectedUrl()).isEqualTo("/login?late");
    assertThat(again.getCookie("byo-session")).isNull();
    assertThat(entry("console.login_succeeded", "details->>'factor'")).isEqualTo("totp");
  }

  @Test
  void codeNeedsTheTokenOfItsPage() {
    String secret = enrolled();
    Cookie begun = begun();

    MockHttpServletResponse forged = response(codeStep(code(secret), begun));

    assertThat(forged.getStatus()).isEqualTo(403);
    assertThat(forged.getCookie("byo-session")).isNull();
  }

  @Test
  void wrongCodesAreExplainedAndThenBlocked() {
    String secret = enrolled();
    Cookie begun = begun();
    String wrong = code(secret).equals("000000") ? "000001" : "000000";

    MockHttpServletResponse first = response(codeStep(wrong, begun).with(csrf()));
    for (int i = 0; i < 4; i++) {
      response(codeStep(wrong, begun).with(csrf()));
    }
    MockHttpServletResponse right = response(codeStep(code(secret), begun).with(csrf()));

    assertThat(first.getRedirectedUrl()).isEqualTo("/login/code?wrong");
    assertThat(right.getRedirectedUrl()).isEqualTo("/login/code");
    assertThat(right.getCookie("byo-session")).isNull();
    assertThat(text(get("/login/code").cookie(begun)))
        .contains("not accepted for another 5 min", "recovery codes are.");
    assertThat(text(get("/login/code?wrong").cookie(begun))).doesNotContain("This code is wrong");
  }

  @Test
  void recoveryCodeCompletesTheLoginAndShowsHowManyAreLeft() {
    String code = confirmed(factors.begin(person, "test").orElseThrow()).get(0);
    Cookie begun = begun();

    MockHttpServletResponse done = response(codeStep(code, begun).with(csrf()));

    assertThat(done.getRedirectedUrl()).isEqualTo("/console/profile");
    assertThat(text(get("/console/profile").cookie(done.getCookie("byo-session"))))
        .contains("9 recovery codes are left");
    assertThat(redirect(codeStep(code, begun()).with(csrf()))).isEqualTo("/login/code?wrong");
    assertThat(entry("person.recovery_code_used", "actor_id")).isEqualTo(person.toString());
  }

  @Test
  void wrongPasswordTellsNothingOfTheSecondFactor() {
    enrolled();

    String wrong = redirect(login("not the password"));
    String unknown =
        redirect(
            MockMvcRequestBuilders.post("/login")
                .with(csrf())
                .param("username", fresh("nobody") + "@people.test")
                .param("password", PASSWORD));

    assertThat(wrong).isEqualTo(unknown).isEqualTo("/login?wrong");
    assertThat(redirect(get("/login/code"))).isEqualTo("/login?late");
    assertThat(redirect(get("/login/code").cookie(new Cookie("byo-login", "x".repeat(43)))))
        .isEqualTo("/login?late");
  }

  @Test
  void sessionWithoutTheFactorIsRefusedOnceThereIsOne() {
    String ofAnOlderNode = sessions.create(person, 0, null, "192.0.2.1", "browser");
    assertThat(sessions.find(ofAnOlderNode, true)).isPresent();

    enrolled();

    assertThat(sessions.find(ofAnOlderNode, true)).isEmpty();
    String atTheProvider =
        sessions.create(person, 0, SessionFactor.PROVIDER, "192.0.2.1", "browser");
    assertThat(sessions.find(atTheProvider, true)).isPresent();
  }

  @Test
  void unfinishedLoginEndsWithItsPersonAndWithThePassword() {
    enrolled();
    Cookie first = begun();
    people.setPassword(person, passwords.hash(PASSWORD + "2"));

    assertThat(redirect(get("/login/code").cookie(first))).isEqualTo("/login?late");

    Cookie second = Objects.requireNonNull(response(login(PASSWORD + "2")).getCookie("byo-login"));
    patch(ADMIN_KEY, "/people/" + person, Map.of("disabled", true));
    assertThat(redirect(get("/login/code").cookie(second))).isEqualTo("/login?late");
  }

  @Test
  void unfinishedLoginIsValidForAWhile() {
    enrolled();
    Cookie begun = begun();
    assertThat(response(get("/login/code").cookie(begun)).getStatus()).isEqualTo(200);

    jdbc.sql("UPDATE console_login SET expires_at = statement_timestamp() WHERE person_id = :id")
        .param("id", person)
        .update();

    assertThat(redirect(get("/login/code").cookie(begun))).isEqualTo("/login?late");
  }

  @Test
  void appIsRemovedWithPasswordAndCode() {
    String secret = enrolled();
    Cookie session = loggedIn(secret);
    Cookie elsewhere = loggedIn(secret);
    String path = "/console/profile/second-factor/remove";

    String withoutCode = after(session, path, "currentPassword", PASSWORD, "code", "123");
    String withoutPassword = after(session, path, "currentPassword", "wrong", "code", code(secret));
    String done = after(session, path, "currentPassword", PASSWORD, "code", code(secret));

    assertThat(withoutCode).contains("code is wrong");
    assertThat(withoutPassword).contains("password is wrong");
    assertThat(done).contains("Your authenticator app is removed. Your other sessions have ended.");
    assertThat(redirect(get("/console").cookie(elsewhere))).isEqualTo("/login");
    assertThat(loginOf(email, PASSWORD)).isNotNull();
    assertThat(audited()).contains("person.second_factor_removed");
  }

  @Test
  void recoveryCodesAreReplacedWithPasswordAndCode() {
    List<String> before = confirmed(factors.begin(person, "test").orElseThrow());
    forgetUsedCodes();
    Cookie session = loggedIn(secret());
    String path = "/console/profile/second-factor/recovery-codes";

    String refused = after(session, path, "currentPassword", "wrong", "code", code(secret()));
    String withoutCode = after(session, path, "currentPassword", PASSWORD);
    String done = after(session, path, "currentPassword", PASSWORD, "code", code(secret()));

    assertThat(recoveryCodes(refused)).isEmpty();
    assertThat(withoutCode).contains("code is wrong");
    assertThat(recoveryCodes(withoutCode)).isEmpty();
    assertThat(recoveryCodes(done)).hasSize(10).doesNotContainAnyElementsOf(before);
    assertThat(audited()).contains("person.recovery_codes_replaced");
  }

  @Test
  void adminResetsTheFactorOfSomebodyWhoLostIt() {
    String secret = enrolled();
    Cookie session = loggedIn(secret);
    assertThat(get(ADMIN_KEY, "/people/" + person).text("/secondFactor")).isEqualTo("totp");
    assertThat(get(ADMIN_KEY, "/people").body().at("/items").findValuesAsText("secondFactor"))
        .contains("totp");
    Cookie begun = begun();

    Answer reset = delete(ADMIN_KEY, "/people/" + person + "/second-factor");

    assertThat(reset.status()).isEqualTo(204);
    assertThat(get(ADMIN_KEY, "/people/" + person).text("/secondFactor")).isEqualTo("none");
    assertThat(redirect(get("/console").cookie(session))).isEqualTo("/login");
    assertThat(redirect(get("/login/code").cookie(begun))).isEqualTo("/login?late");
    assertThat(loginOf(email, PASSWORD)).isNotNull();
    assertThat(audited()).contains("person.second_factor_reset");
  }

  @Test
  void nobodyResetsTheirOwnFactorWithoutACode() {
    String secret = enrolled();
    Cookie session = loggedIn(secret);

    String refused = after(session, "/console/people/" + person + "/second-factor/reset");

    assertThat(refused).contains("this is you: another admin must do that");
    assertThat(factors.state(person).totp()).isTrue();
  }

  @Test
  void loginOfTheSettingsHasNoSecondFactor() {
    String page = text(get("/console/profile").cookie(login()));
    String refused =
        after(login(), "/console/profile/second-factor/begin", "currentPassword", CONSOLE_PASSWORD);

    assertThat(page).doesNotContain("Second factor");
    assertThat(refused).contains("this login is from the settings: it has no second factor");
  }

  @Test
  void whoNeedsAFactorSetsItUpBeforeAnythingElse() {
    SecondFactors required = required();
    assertThatThrownBy(
            () ->
                new ConsoleLogin(failures, settingsLogin, people, passwords, required)
                    .authenticate(typed()))
        .isInstanceOf(ConsoleLogin.SecondFactorNeeded.class);
    MockHttpServletResponse first = new MockHttpServletResponse();
    String place = unfinished.begin(individual(), new MockHttpServletRequest(), first);
    String secret = transacted(() -> required.begin(person, place)).orElseThrow();
    SecondFactorLogin pages = pages(required);

    ModelAndView page = pages.ask(with(first));
    ModelAndView wrong = transacted(() -> pages.check("12345", with(first), first));
    MockHttpServletResponse last = new MockHttpServletResponse();
    ModelAndView done = transacted(() -> pages.check(code(secret), with(first), last));

    assertThat(page.getViewName()).isEqualTo("people/enrol");
    assertThat(((TotpEnrolment) page.getModel().get("enrolment")).uri()).contains(secret);
    assertThat(wrong.getViewName()).isEqualTo("redirect:/login/code?wrong");
    assertThat(done.getViewName()).isEqualTo("people/recovery-codes");
    assertThat((List<?>) done.getModel().get("codes")).hasSize(10);
    assertThat(done.getModel()).containsEntry("next", "/console");
    assertThat(sessions.find(last.getCookie("byo-session").getValue(), true)).isPresent();
    assertThat(factors.state(person).totp()).isTrue();
    assertThat(entry("person.second_factor_added", "actor_id")).isEqualTo(person.toString());
  }

  @Test
  void somebodyElseWithThePasswordDoesNotSeeTheKeyThatIsBeingSetUp() {
    SecondFactors required = required();
    MockHttpServletResponse theirs = new MockHttpServletResponse();
    unfinished.begin(individual(), new MockHttpServletRequest(), theirs);
    MockHttpServletResponse own = new MockHttpServletResponse();
    String place = unfinished.begin(individual(), new MockHttpServletRequest(), own);
    transacted(() -> required.begin(person, place));

    ModelAndView page = pages(required).ask(with(theirs));

    assertThat(page.getViewName()).isEqualTo("redirect:/login?late");
  }

  @Test
  void openSessionsAreNotEnoughWhereAFactorIsRequired() {
    String session = loginOf(email, PASSWORD).getValue();
    String settings = login().getValue();
    ConsoleSessions strict =
        new ConsoleSessions(
            jdbc,
            consoleSettings,
            settings(SecondFactorMode.REQUIRED),
            settingsLogin,
            oidc,
            publisher);
    ConsoleSessions off =
        new ConsoleSessions(
            jdbc, consoleSettings, settings(SecondFactorMode.OFF), settingsLogin, oidc, publisher);

    assertThat(strict.find(session, true)).isEmpty();
    assertThat(strict.find(settings, true)).isPresent();
    enrolled();
    assertThat(sessions.find(session, true)).isEmpty();
    assertThat(off.find(session, true)).isPresent();
  }

  private String entry(String action, String column) {
    return jdbc.sql(
            "SELECT " + column + " FROM audit_entry WHERE subject = :id AND action = :action")
        .param("id", person)
        .param("action", action)
        .query(String.class)
        .single();
  }

  private Person individual() {
    return people.find(null, person).orElseThrow();
  }

  private static PeopleSettings settings(SecondFactorMode mode) {
    return new PeopleSettings(12, Duration.ofDays(7), 500, mode);
  }

  private SecondFactors required() {
    return new SecondFactors(jdbc, seal, settings(SecondFactorMode.REQUIRED), people, publisher);
  }

  private SecondFactorLogin pages(SecondFactors its) {
    return new SecondFactorLogin(
        unfinished, its, new TotpEnrolments(its, url), completed, failures, browsers, publisher);
  }

  private <T> T transacted(Supplier<T> action) {
    return Objects.requireNonNull(transactions.execute(status -> action.get()));
  }

  private static MockHttpServletRequest with(MockHttpServletResponse before) {
    MockHttpServletRequest request = new MockHttpServletRequest();
    request.setCookies(before.getCookies());
    return request;
  }

  private UsernamePasswordAuthenticationToken typed() {
    UsernamePasswordAuthenticationToken typed =
        UsernamePasswordAuthenticationToken.unauthenticated(email, PASSWORD);
    typed.setDetails(new ConsoleLogin.Attempt("192.0.2.7", "192.0.2.7", true));
    return typed;
  }

  private String enrolled() {
    String secret = factors.begin(person, "test").orElseThrow();
    confirmed(secret);
    forgetUsedCodes();
    return secret;
  }

  private List<String> confirmed(String secret) {
    return factors.confirm(person, "test", code(secret)).orElseThrow();
  }

  private String secret() {
    return seal.open(
        person,
        SecondFactors.FIELD,
        jdbc.sql("SELECT totp_secret FROM second_factor WHERE person_id = :id")
            .param("id", person)
            .query(byte[].class)
            .single());
  }

  private Cookie loggedIn(String secret) {
    Cookie session =
        Objects.requireNonNull(
            response(codeStep(code(secret), begun()).with(csrf())).getCookie("byo-session"));
    forgetUsedCodes();
    return session;
  }

  private Cookie begun() {
    return Objects.requireNonNull(response(passwordStep()).getCookie("byo-login"));
  }

  private MockHttpServletRequestBuilder passwordStep() {
    return login(PASSWORD);
  }

  private MockHttpServletRequestBuilder login(String password) {
    return MockMvcRequestBuilders.post("/login")
        .with(csrf())
        .param("username", email)
        .param("password", password);
  }

  private static MockHttpServletRequestBuilder codeStep(String code, Cookie... cookies) {
    return MockMvcRequestBuilders.post("/login/code").cookie(cookies).param("code", code);
  }

  private static String key(String page) {
    Matcher key = KEY.matcher(page);
    assertThat(key.find()).as(page).isTrue();
    return key.group(1).replace(" ", "");
  }

  private static String encoded(String page) {
    return java.util.Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(page.getBytes(StandardCharsets.US_ASCII));
  }

  /** The page after a form. */
  private String after(Cookie session, String path, String... fields) {
    Map<String, String> all = new LinkedHashMap<>();
    for (int i = 0; i < fields.length; i += 2) {
      all.put(fields[i], fields[i + 1]);
    }
    return after(session, null, path, all);
  }
}
