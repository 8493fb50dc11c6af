package org.byoemail.platform.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.servlet.http.Cookie;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.ByoEmailApplication;
import org.byoemail.platform.bucket.SharedBuckets;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.web.ServerProperties;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.util.unit.DataSize;

/** The doors themselves, without the house. */
class DoorsTest {
  private static final String ADMIN_KEY = "the-admin-key-of-the-doors";
  private static final String MADE_KEY = "byo_made";
  private static final String EXPIRED_KEY = "byo_expired";
  private static final ApiSettings SETTINGS =
      new ApiSettings(ADMIN_KEY, DataSize.ofKilobytes(64), DataSize.ofKilobytes(1), 1);

  private static final AccessSettings LIMITS = new AccessSettings(true, 3, Duration.ofMinutes(1));

  private final Clock clock = SettableClock.at("2026-11-24T09:00:00Z");
  private final FailedLogins failures =
      new FailedLogins(
          LIMITS,
          clock,
          new SimpleMeterRegistry(),
          new SharedFailures(mock(SharedBuckets.class), LIMITS, clock));
  private final FewKeys table = new FewKeys();
  private final Keyring keyring = new Keyring(table, SETTINGS, clock);
  private final ProblemResponses problems =
      new ProblemResponses(new ObjectMapper(), new ServerProperties());

  @Test
  void tooManyWrongKeysShutOutGuessersAndNoRightKey() throws Exception {
    for (int i = 0; i < 3; i++) {
      assertThat(enter("byo_wrong-" + i).getStatus()).isEqualTo(401);
    }

    MockHttpServletResponse wrong = enter("byo_wrong-again");
    MockHttpServletResponse admin = enter(ADMIN_KEY);
    MockHttpServletResponse made = enter(MADE_KEY);

    assertThat(wrong.getStatus()).isEqualTo(429);
    assertThat(wrong.getHeader("Retry-After")).isEqualTo("60");
    assertThat(admin.getStatus()).isEqualTo(200);
    assertThat(made.getStatus()).isEqualTo(200);
  }

  @Test
  void addressThatIsBlockedCostsNoLookUps() throws Exception {
    for (int i = 0; i < 3; i++) {
      enter("byo_wrong-" + i);
    }
    int before = table.asked;

    for (int i = 0; i < 1000; i++) {
      enter("byo_wrong-again-" + i);
    }

    assertThat(table.asked - before).isLessThanOrEqualTo(1);
  }

  @Test
  void whoAsksForLinksThatDoNotExistIsRefusedBeforeTheyAreLookedUp() throws Exception {
    for (int i = 0; i < 3; i++) {
      assertThat(openLink(404)).isEqualTo(404);
    }

    int refused = openLink(200);

    assertThat(refused).isEqualTo(429);
    assertThat(failures.isBlocked("api", "192.0.2.1")).isFalse();
    assertThat(failures.isBlocked("console", "192.0.2.1")).isFalse();
  }

  @Test
  void whoOpensLinksThatExistIsNotCounted() throws Exception {
    for (int i = 0; i < 10; i++) {
      assertThat(openLink(i % 2 == 0 ? 200 : 410)).isIn(200, 410);
    }
  }

  /** The status that a browser gets if the page of the link answers with that one. */
  private int openLink(int status) throws Exception {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/connect/token");
    request.setRemoteAddr("192.0.2.1");
    MockHttpServletResponse response = new MockHttpServletResponse();
    new ConnectLinkThrottle(failures)
        .doFilter(
            request,
            response,
            (asked, answer) -> ((MockHttpServletResponse) answer).setStatus(status));
    return response.getStatus();
  }

  @Test
  void keyThatHasExpiredIsToldSoAndIsNoGuess() throws Exception {
    MockHttpServletResponse answer = null;
    for (int i = 0; i < 4; i++) {
      answer = enter(EXPIRED_KEY);
    }

    assertThat(answer.getStatus()).isEqualTo(401);
    assertThat(answer.getContentAsString()).contains("the key has expired");
    assertThat(failures.isBlocked("api", "192.0.2.1")).isFalse();
  }

  @Test
  void useOfAKeyIsNotedWhereThatWasLongAgo() throws Exception {
    enter(MADE_KEY);
    enter(MADE_KEY);

    assertThat(table.noted).isEqualTo(1);
  }

  @Test
  void wrongKeysDoNotShutTheConsole() throws Exception {
    ConsoleLogin login = login();
    for (int i = 0; i < 10; i++) {
      enter("byo_wrong-" + i);
    }

    assertThat(login.authenticate(credentials("admin", "right")).isAuthenticated()).isTrue();
  }

  @Test
  void keyThatCannotBeLookedUpIsNotCalledWrong() throws Exception {
    assertThat(enter("byo_database-away").getStatus()).isEqualTo(503);
    assertThat(failures.isBlocked("api", "192.0.2.1")).isFalse();
  }

  @Test
  void tooManyWrongPasswordsShutOutTheRightOne() {
    ConsoleLogin login = login();
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> login.authenticate(credentials("admin", "wrong")))
          .isInstanceOf(BadCredentialsException.class);
    }

    assertThatThrownBy(() -> login.authenticate(credentials("admin", "right")))
        .isInstanceOf(LockedException.class);
  }

  @Test
  void browserThatWasLoggedInIsNotShutOutByItsAddress() {
    KnownBrowsers browsers = new KnownBrowsers(SETTINGS);
    MockHttpServletRequest request = new MockHttpServletRequest();
    request.setRemoteAddr("192.0.2.1");
    MockHttpServletResponse response = new MockHttpServletResponse();
    browsers.remember(request, response, "ada@example.test");
    String address = browsers.clientOf(request, "ada@example.test");

    request.setCookies(response.getCookie("byo-browser"));
    String known = browsers.clientOf(request, " Ada@example.test");
    String other = browsers.clientOf(request, "admin");
    request.setCookies(new Cookie("byo-browser", "0".repeat(96)));
    String made = browsers.clientOf(request, "ada@example.test");

    assertThat(address).isEqualTo("192.0.2.1");
    assertThat(known).startsWith("browser ");
    assertThat(other).isEqualTo("192.0.2.1");
    assertThat(made).isEqualTo("192.0.2.1");
  }

  @Test
  void rightNameAndPasswordLogIn() {
    ConsoleLogin login = login();

    assertThat(login.authenticate(credentials("admin", "right")).getPrincipal())
        .isEqualTo(Caller.user("admin"));
    assertThatThrownBy(() -> login.authenticate(credentials("Admin", "right")))
        .isInstanceOf(BadCredentialsException.class);
  }

  @Test
  void doorsWithoutKeysStopTheStart() {
    assertThatThrownBy(
            () -> new ApiSettings(" ", DataSize.ofMegabytes(1), DataSize.ofMegabytes(1), 1))
        .hasMessageContaining("BYO_API_ADMIN_KEY");
    assertThatThrownBy(() -> consoleSettings("")).hasMessageContaining("BYO_CONSOLE_PASSWORD");
  }

  @Test
  void programWithoutKeysStopsBeforeItStarts() {
    SpringApplication program = new SpringApplication();
    program.setMainApplicationClass(ByoEmailApplication.class);
    MockEnvironment environment = new MockEnvironment();
    FirstKeys check = new FirstKeys();

    assertThatThrownBy(() -> check.postProcessEnvironment(environment, program))
        .hasMessageContaining("BYO_API_ADMIN_KEY");
    environment.setProperty("byo.api.admin-key", "short");
    assertThatThrownBy(() -> check.postProcessEnvironment(environment, program))
        .hasMessageContaining("shorter than 16 characters");
    environment.setProperty("byo.api.admin-key", ADMIN_KEY);
    assertThatThrownBy(() -> check.postProcessEnvironment(environment, program))
        .hasMessageContaining("BYO_CONSOLE_PASSWORD")
        .hasMessageNotContaining(ADMIN_KEY);
    environment.setProperty("byo.console.password", "right");
    assertThatCode(() -> check.postProcessEnvironment(environment, program))
        .doesNotThrowAnyException();
  }

  @Test
  void settingsShowNoSecrets() {
    assertThat(SETTINGS.toString()).doesNotContain(ADMIN_KEY);
    assertThat(consoleSettings("right").toString()).doesNotContain("right");
    assertThat(new NewApiKey(key(), "byo_secret").toString()).doesNotContain("byo_secret");
  }

  private static ConsoleSettings consoleSettings(String password) {
    return new ConsoleSettings("admin", password, Duration.ofHours(8), Duration.ofDays(7));
  }

  private ConsoleLogin login() {
    PeopleSettings people =
        new PeopleSettings(12, Duration.ofDays(7), 500, SecondFactorMode.OPTIONAL);
    return new ConsoleLogin(
        failures,
        new SettingsLogin(consoleSettings("right"), SETTINGS),
        Mockito.mock(People.class),
        new Passwords(people, QuickPasswords.ENCODER),
        Mockito.mock(SecondFactors.class));
  }

  private MockHttpServletResponse enter(String key) throws Exception {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/api/v1/agents");
    request.setRemoteAddr("192.0.2.1");
    request.addHeader("Authorization", "bearer " + key);
    MockHttpServletResponse response = new MockHttpServletResponse();
    new BearerKeys(keyring, failures, problems).doFilter(request, response, new MockFilterChain());
    return response;
  }

  private static UsernamePasswordAuthenticationToken credentials(String name, String password) {
    UsernamePasswordAuthenticationToken token =
        UsernamePasswordAuthenticationToken.unauthenticated(name, password);
    token.setDetails(new ConsoleLogin.Attempt("192.0.2.1", "192.0.2.1", true));
    return token;
  }

  /** A table with two keys, one of which has expired. */
  private static final class FewKeys extends ApiKeys {
    private int asked;
    private int noted;

    FewKeys() {
      super(null, event -> {});
    }

    @Override
    Optional<PresentedKey> find(String secret) {
      asked++;
      if (secret.equals("byo_database-away")) {
        throw new DataAccessResourceFailureException("away");
      }
      return secret.equals(MADE_KEY) || secret.equals(EXPIRED_KEY)
          ? Optional.of(new PresentedKey(key(), secret.equals(EXPIRED_KEY), noted == 0, null))
          : Optional.empty();
    }

    @Override
    void noteUse(UUID id) {
      noted++;
    }

    @Override
    List<byte[]> hashes(int limit) {
      asked++;
      return List.of(org.byoemail.format.mail.Tokens.sha256(MADE_KEY));
    }
  }

  private static ApiKey key() {
    Instant made = Instant.parse("2026-11-24T09:00:00Z");
    return new ApiKey(
        UUID.randomUUID(),
        "made",
        Role.PRODUCER,
        Permission.of(Role.PRODUCER),
        null,
        null,
        made,
        null,
        null,
        null,
        null,
        null);
  }
}
