package org.byoemail.platform.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.http.Cookie;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.web.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;

/** People who log in at Spring Authorization Server, on loopback. */
class OidcLoginTest extends WebTest {
  static final String CLIENT = "console";
  static final String SECRET = "the-secret-of-the-console-at-the-provider";
  static final String GATEWAY = "https://gateway.example.test";

  private static final Duration LIFETIME = Duration.ofHours(12);

  /** The claims of each user. */
  static final Map<String, Map<String, Object>> CLAIMS = new ConcurrentHashMap<>();

  /** How often the provider was asked for its keys. */
  static final AtomicInteger KEY_REQUESTS = new AtomicInteger();

  private static AnnotationConfigServletWebServerApplicationContext provider;

  @Autowired private ApiSettings api;
  @Autowired private Clock clock;
  @Autowired private People people;
  @Autowired private ConsoleSecurityContextRepository sessions;
  @Autowired private CompletedLogins completed;

  private final String user = fresh("user");
  private final String email = user + "@people.test";
  private final String organization = fresh("org");
  private MockMvc console;

  @BeforeAll
  static void startProvider() {
    provider = new AnnotationConfigServletWebServerApplicationContext();
    provider.register(OidcTestProvider.class);
    provider.refresh();
  }

  @AfterAll
  static void stopProvider() {
    provider.close();
  }

  @BeforeEach
  void userWithAVerifiedAddress() {
    CLAIMS.put(user, claims(true));
    console = console(Map.of());
  }

  /** Completed logins stay with the thread, without the filter that clears it. */
  @AfterEach
  void nobodyIsLoggedIn() {
    SecurityContextHolder.clearContext();
  }

  @Test
  void invitedPersonIsKnownByIssuerAndSubjectFromThenOn() throws Exception {
    String id = invited();

    MvcResult first = logIn();
    CLAIMS.put(user, Map.of("email", fresh("other") + "@people.test"));
    MvcResult second = logIn();

    assertThat(caller(first).person()).hasToString(id);
    assertThat(caller(second).person()).hasToString(id);
    assertThat(caller(second).organization()).hasToString(organization);
    assertThat(get(ADMIN_KEY, "/people/" + id).text("/status")).isEqualTo("active");
  }

  @Test
  void keysOfTheProviderAreKeptForTheNextLogin() throws Exception {
    invited();
    int before = KEY_REQUESTS.get();

    logIn();
    logIn();

    assertThat(KEY_REQUESTS.get() - before).isEqualTo(1);
  }

  @Test
  void unknownSubjectIsRefused() throws Exception {
    MvcResult answer = logIn();

    assertThat(answer.getResponse().getStatus()).isEqualTo(403);
    assertThat(words(answer)).contains("Nobody has given you access as " + email);
    assertThat(answer.getResponse().getCookie("byo-session")).isNull();
  }

  @Test
  void addressThatTheProviderHasNotVerifiedTakesNoInvitation() throws Exception {
    invited();
    CLAIMS.put(user, claims(false));

    assertThat(logIn().getResponse().getStatus()).isEqualTo(403);
  }

  @Test
  void personWithAPasswordIsNotTakenOverByTheAddress() throws Exception {
    post(
        ADMIN_KEY,
        "/people",
        Map.of(
            "email",
            email,
            "name",
            "Ada",
            "roles",
            List.of("admin"),
            "password",
            "a long enough password"));

    assertThat(logIn().getResponse().getStatus()).isEqualTo(403);
  }

  @Test
  void disabledPersonIsRefused() throws Exception {
    String id = invited();
    logIn();
    patch(ADMIN_KEY, "/people/" + id, Map.of("disabled", true));

    assertThat(logIn().getResponse().getStatus()).isEqualTo(403);
  }

  @Test
  void claimsGiveRolesAndOrganizationAndTakeThemAway() throws Exception {
    console = console(mapping());
    CLAIMS.put(user, with("groups", List.of("mail-reviewers", "others"), "tenant", organization));
    Caller first = caller(logIn());
    CLAIMS.put(user, with("groups", List.of("mail-admins"), "tenant", organization));
    MvcResult open = logIn();
    Caller second = caller(open);
    CLAIMS.put(user, with("groups", List.of("others"), "tenant", organization));
    MvcResult third = logIn();

    assertThat(first.may(Permission.REVIEWS_DECIDE)).isTrue();
    assertThat(first.may(Permission.PEOPLE_MANAGE)).isFalse();
    assertThat(first.organization()).hasToString(organization);
    assertThat(second.person()).isEqualTo(first.person());
    assertThat(second.may(Permission.PEOPLE_MANAGE)).isTrue();
    assertThat(third.getResponse().getStatus()).isEqualTo(403);
    assertThat(caller(open).permissions()).isEmpty();
  }

  @Test
  void withoutTheClaimOfTheOrganizationNobodySeesAll() throws Exception {
    console = console(mapping());
    CLAIMS.put(user, with("groups", List.of("mail-admins")));

    assertThat(logIn().getResponse().getStatus()).isEqualTo(403);
  }

  @Test
  void claimThatNamesNoSingleOrganizationGivesNoRoles() throws Exception {
    console = console(mapping());
    CLAIMS.put(user, with("groups", List.of("mail-admins"), "tenant", List.of(organization)));
    MvcResult list = logIn();
    CLAIMS.put(user, with("groups", List.of("mail-admins"), "tenant", 42));
    MvcResult number = logIn();

    assertThat(list.getResponse().getStatus()).isEqualTo(403);
    assertThat(number.getResponse().getStatus()).isEqualTo(403);
  }

  @Test
  void invitationCountsWithoutAUsableClaimOfTheOrganization() throws Exception {
    console = console(mapping());
    String id = invited();
    CLAIMS.put(user, with("groups", List.of("mail-admins")));

    Caller caller = caller(logIn());

    assertThat(caller.person()).hasToString(id);
    assertThat(caller.organization()).hasToString(organization);
    assertThat(caller.may(Permission.PEOPLE_MANAGE)).isFalse();
  }

  @Test
  void answerThatThisBrowserDidNotAskForIsRefused() throws Exception {
    invited();
    MvcResult begun = begin();
    URI back = consented(begun);

    MvcResult stranger =
        console.perform(MockMvcRequestBuilders.get(URI.create(path(back)))).andReturn();
    MvcResult forged =
        console
            .perform(
                MockMvcRequestBuilders.get(URI.create(path(back)))
                    .cookie(new Cookie("byo-oidc", "9999999999.state.nonce.verifier.00")))
            .andReturn();
    MvcResult other = console.perform(answer(begin(), back)).andReturn();

    assertThat(List.of(stranger, forged, other))
        .allSatisfy(one -> assertThat(one.getResponse().getStatus()).isEqualTo(400));
  }

  @Test
  void codeIsExchangedOnce() throws Exception {
    invited();
    MvcResult begun = begin();
    URI back = consented(begun);

    MvcResult first = console.perform(answer(begun, back)).andReturn();
    MvcResult again = console.perform(answer(begun, back)).andReturn();

    assertThat(first.getResponse().getRedirectedUrl()).isEqualTo("/console");
    assertThat(again.getResponse().getStatus()).isEqualTo(403);
  }

  @Test
  void settingsThatContradictStopTheStart() {
    assertThatThrownBy(() -> settings(Map.of("client-secret", "")))
        .hasMessageContaining("client-secret");
    assertThatThrownBy(
            () ->
                new OidcSettings(
                    "", "", "", "", List.of(), Map.of("a", "king"), "groups", "", LIFETIME))
        .hasMessageContaining("byo.people.oidc.roles.a must be one of");
    assertThat(settings(Map.of()).toString()).doesNotContain(SECRET);
  }

  private static Map<String, String> mapping() {
    return Map.of("rolesClaim", "groups", "organizationClaim", "tenant");
  }

  private Map<String, Object> claims(boolean verified) {
    return Map.of("email", email, "email_verified", verified, "name", "Ada at the provider");
  }

  private Map<String, Object> with(Object... more) {
    Map<String, Object> all = new HashMap<>(claims(true));
    for (int i = 0; i < more.length; i += 2) {
      all.put(String.valueOf(more[i]), more[i + 1]);
    }
    return all;
  }

  private static OidcSettings settings(Map<String, String> changed) {
    String rolesClaim = changed.getOrDefault("rolesClaim", "");
    return new OidcSettings(
        "http://localhost:" + provider.getWebServer().getPort(),
        CLIENT,
        changed.getOrDefault("client-secret", SECRET),
        "Log in",
        List.of("openid", "email", "profile"),
        rolesClaim.isEmpty()
            ? Map.of()
            : Map.of("mail-admins", "admin", "mail-reviewers", "reviewer"),
        rolesClaim,
        changed.getOrDefault("organizationClaim", ""),
        LIFETIME);
  }

  private MockMvc console(Map<String, String> changed) {
    OidcProvider at =
        new OidcProvider(settings(changed), new PublicUrl(new PublicUrlSettings(GATEWAY)), clock);
    return MockMvcBuilders.standaloneSetup(
            new OidcLogin(at, new OidcRequests(api, clock), people, completed))
        .build();
  }

  private String invited() {
    Answer made =
        post(
            ADMIN_KEY,
            "/people",
            Map.of(
                "email",
                email,
                "name",
                "Ada",
                "organization",
                organization,
                "roles",
                List.of("viewer")));
    assertThat(made.status()).isEqualTo(201);
    return made.text("/id");
  }

  private MvcResult logIn() throws Exception {
    MvcResult begun = begin();
    return console.perform(answer(begun, consented(begun))).andReturn();
  }

  private MvcResult begin() throws Exception {
    return console.perform(MockMvcRequestBuilders.get("/login/oidc")).andReturn();
  }

  private static org.springframework.test.web.servlet.RequestBuilder answer(
      MvcResult begun, URI back) {
    return MockMvcRequestBuilders.get(URI.create(path(back)))
        .cookie(begun.getResponse().getCookie("byo-oidc"));
  }

  private static String path(URI back) {
    return back.getRawPath() + "?" + back.getRawQuery();
  }

  /** Where the provider sends the browser, once the user has logged in there. */
  private URI consented(MvcResult begun) throws Exception {
    URI asked = URI.create(begun.getResponse().getRedirectedUrl());
    HttpClient browser = HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
    assertThat(location(browser, HttpRequest.newBuilder(asked)).getPath()).isEqualTo("/login");
    URI page =
        location(
            browser,
            HttpRequest.newBuilder(asked.resolve("/login"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("username=" + user + "&password=pass")));
    URI back = location(browser, HttpRequest.newBuilder(page));
    assertThat(back.toString()).startsWith(GATEWAY + OidcProvider.CALLBACK);
    return back;
  }

  private static URI location(HttpClient browser, HttpRequest.Builder request) throws Exception {
    HttpResponse<String> answer =
        browser.send(
            request.header("Accept", "text/html").timeout(Duration.ofSeconds(20)).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(302);
    return URI.create(answer.headers().firstValue("Location").orElseThrow());
  }

  private Caller caller(MvcResult answer) {
    Cookie session = answer.getResponse().getCookie("byo-session");
    assertThat(session).as(String.valueOf(answer.getModelAndView())).isNotNull();
    org.springframework.mock.web.MockHttpServletRequest request =
        new org.springframework.mock.web.MockHttpServletRequest("GET", "/console");
    request.setCookies(session);
    return (Caller) sessions.loadDeferredContext(request).get().getAuthentication().getPrincipal();
  }

  private static String words(MvcResult answer) {
    return String.valueOf(answer.getModelAndView().getModel().get("words"));
  }
}
