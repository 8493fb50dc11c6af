package org.byoemail.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.ByoEmailApplication;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.util.unit.DataSize;

/** The doors themselves, without the house. */
class DoorsTest {
  private static final String ADMIN_KEY = "the-admin-key";
  private static final String MADE_KEY = "byo_made";
  private static final ApiSettings SETTINGS =
      new ApiSettings(ADMIN_KEY, DataSize.ofKilobytes(64), DataSize.ofKilobytes(1), 1);

  private final Clock clock = SettableClock.at("2026-11-24T09:00:00Z");
  private final FailedLogins failures =
      new FailedLogins(
          new AccessSettings(true, 3, Duration.ofMinutes(1)), clock, new SimpleMeterRegistry());
  private final ProblemResponses problems = new ProblemResponses(new ObjectMapper());

  @Test
  void tooManyWrongKeysShutOutGuessersAndNotMadeKeys() throws Exception {
    for (int i = 0; i < 3; i++) {
      assertThat(enter("wrong-" + i).getStatus()).isEqualTo(401);
    }

    MockHttpServletResponse wrong = enter("wrong-again");
    MockHttpServletResponse guessed = enter(ADMIN_KEY);
    MockHttpServletResponse made = enter(MADE_KEY);

    assertThat(wrong.getStatus()).isEqualTo(429);
    assertThat(wrong.getHeader("Retry-After")).isEqualTo("60");
    assertThat(guessed.getStatus()).isEqualTo(429);
    assertThat(made.getStatus()).isEqualTo(200);
  }

  @Test
  void keyThatCannotBeLookedUpIsNotCalledWrong() throws Exception {
    assertThat(enter("database-away").getStatus()).isEqualTo(503);
    assertThat(failures.isBlocked("192.0.2.1")).isFalse();
  }

  @Test
  void tooManyWrongPasswordsShutOutTheRightOne() {
    ConsoleLogin login = new ConsoleLogin(failures, new ConsoleSettings("admin", "right"));
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> login.authenticate(credentials("admin", "wrong")))
          .isInstanceOf(BadCredentialsException.class);
    }

    assertThatThrownBy(() -> login.authenticate(credentials("admin", "right")))
        .isInstanceOf(LockedException.class);
  }

  @Test
  void rightNameAndPasswordLogIn() {
    ConsoleLogin login = new ConsoleLogin(failures, new ConsoleSettings("admin", "right"));

    assertThat(login.authenticate(credentials("admin", "right")).getPrincipal())
        .isEqualTo(new Caller("admin", Role.ADMIN, null));
    assertThatThrownBy(() -> login.authenticate(credentials("Admin", "right")))
        .isInstanceOf(BadCredentialsException.class);
  }

  @Test
  void bodyOfUnknownLengthEndsAtItsLimit() {
    MockHttpServletRequest request = new MockHttpServletRequest("POST", "/api/v1/agents");
    request.setContent(new byte[2048]);
    BodyLimit limit = new BodyLimit(SETTINGS, problems);

    assertThatThrownBy(
            () ->
                limit.doFilter(
                    unannounced(request),
                    new MockHttpServletResponse(),
                    (in, out) -> in.getInputStream().readAllBytes()))
        .isInstanceOf(BodyTooLarge.class)
        .hasMessageContaining("1024");
  }

  @Test
  void bodyThatCarriesMailMayBeLarger() throws Exception {
    MockHttpServletRequest request = new MockHttpServletRequest("POST", "/api/v1/messages");
    request.setContent(new byte[2048]);
    int[] read = new int[1];

    new BodyLimit(SETTINGS, problems)
        .doFilter(
            request,
            new MockHttpServletResponse(),
            (in, out) -> read[0] = in.getInputStream().readAllBytes().length);

    assertThat(read[0]).isEqualTo(2048);
  }

  @Test
  void doorsWithoutKeysStopTheStart() {
    assertThatThrownBy(
            () -> new ApiSettings(" ", DataSize.ofMegabytes(1), DataSize.ofMegabytes(1), 1))
        .hasMessageContaining("BYO_API_ADMIN_KEY");
    assertThatThrownBy(() -> new ConsoleSettings("admin", ""))
        .hasMessageContaining("BYO_CONSOLE_PASSWORD");
  }

  @Test
  void programWithoutKeysStopsBeforeItStarts() {
    SpringApplication program = new SpringApplication();
    program.setMainApplicationClass(ByoEmailApplication.class);
    MockEnvironment environment = new MockEnvironment();
    FirstKeys check = new FirstKeys();

    assertThatThrownBy(() -> check.postProcessEnvironment(environment, program))
        .hasMessageContaining("BYO_API_ADMIN_KEY");
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
    assertThat(new ConsoleSettings("admin", "right").toString()).doesNotContain("right");
    assertThat(
            new NewApiKey(
                    new ApiKey(UUID.randomUUID(), "n", Role.ADMIN, null, clock.instant()),
                    "byo_secret")
                .toString())
        .doesNotContain("byo_secret");
  }

  private MockHttpServletResponse enter(String key) throws Exception {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/api/v1/agents");
    request.setRemoteAddr("192.0.2.1");
    request.addHeader("Authorization", "bearer " + key);
    MockHttpServletResponse response = new MockHttpServletResponse();
    new BearerKeys(new Keyring(new OneKey(clock.instant()), SETTINGS), failures, problems)
        .doFilter(request, response, new MockFilterChain());
    return response;
  }

  private static UsernamePasswordAuthenticationToken credentials(String name, String password) {
    UsernamePasswordAuthenticationToken token =
        UsernamePasswordAuthenticationToken.unauthenticated(name, password);
    token.setDetails(new WebAuthenticationDetails("192.0.2.1", null));
    return token;
  }

  private static MockHttpServletRequest unannounced(MockHttpServletRequest request) {
    MockHttpServletRequest chunked =
        new MockHttpServletRequest(request.getMethod(), request.getRequestURI()) {
          @Override
          public long getContentLengthLong() {
            return -1;
          }
        };
    chunked.setContent(request.getContentAsByteArray());
    return chunked;
  }

  /** A table with one key. */
  private static final class OneKey extends ApiKeys {
    private final Instant createdAt;

    OneKey(Instant createdAt) {
      super(null, null);
      this.createdAt = createdAt;
    }

    @Override
    Optional<ApiKey> find(String secret) {
      if (secret.equals("database-away")) {
        throw new DataAccessResourceFailureException("away");
      }
      return secret.equals(MADE_KEY)
          ? Optional.of(new ApiKey(UUID.randomUUID(), "made", Role.PRODUCER, null, createdAt))
          : Optional.empty();
    }
  }
}
