package org.byoemail.platform.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.byoemail.format.mail.Tokens;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The challenges that authenticators sign. Each is in a signed cookie of the browser that asked for
 * it, so that visitors need no rows and any node can check the answer. An answer counts once:
 * {@link PasskeyRepository#use}. Thread-safe.
 */
@Component
class PasskeyChallenges {
  static final String COOKIE = "byo-passkey";

  /** How long the browser may take to ask the person; the options say the same. */
  static final Duration VALID = Duration.ofMinutes(5);

  private static final ConsoleCookie OF_LOGIN = ConsoleCookie.strict(COOKIE, "/login");
  private static final ConsoleCookie OF_REGISTRATION =
      ConsoleCookie.strict(COOKIE, "/console/profile");
  private static final int CHALLENGE_BYTES = 32;
  private static final String LOGIN = "login";

  private final CookieSigner signer;
  private final Clock clock;

  PasskeyChallenges(ApiSettings settings, Clock clock) {
    this.signer = new CookieSigner("challenges of passkeys", settings);
    this.clock = clock;
  }

  /**
   * A new challenge, in Base64 for URLs.
   *
   * @param person who registers a passkey, which fails once all sessions of the person have been
   *     ended; null: somebody logs in with one
   */
  String begin(@Nullable Person person, HttpServletRequest request, HttpServletResponse response) {
    String challenge = Tokens.base64Url(CHALLENGE_BYTES);
    String value = signer.sign(clock.instant().plus(VALID), purpose(person), challenge);
    cookie(person).set(request, response, value, VALID);
    return challenge;
  }

  private static String purpose(@Nullable Person person) {
    return person == null ? LOGIN : person.id() + "-" + person.credentials().loginVersion();
  }

  /**
   * Takes the challenge that this browser was given for that purpose. Empty: it was given none, or
   * too long ago, or the person's sessions have been ended since.
   */
  Optional<String> take(
      @Nullable Person person, HttpServletRequest request, HttpServletResponse response) {
    String value = cookie(person).value(request);
    if (value == null) {
      return Optional.empty();
    }
    cookie(person).delete(request, response);
    return signer
        .open(value, clock.instant())
        .filter(words -> words.get(0).equals(purpose(person)))
        .map(words -> words.get(1));
  }

  private static ConsoleCookie cookie(@Nullable Person person) {
    return person == null ? OF_LOGIN : OF_REGISTRATION;
  }
}
