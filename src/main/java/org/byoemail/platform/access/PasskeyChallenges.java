package org.byoemail.platform.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.byoemail.format.mail.Tokens;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The challenges that authenticators sign: in a signed cookie of the browser that asked for one, so
 * that visitors have no rows and any node can check the answer. An answered challenge counts once:
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
  private static final int MAX_LENGTH = 300;
  private static final int PARTS = 4;
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
   * @param person who registers a passkey: what ends all sessions of the person ends the
   *     registration, too; null: somebody logs in with one
   */
  String begin(@Nullable Person person, HttpServletRequest request, HttpServletResponse response) {
    String challenge = Tokens.base64Url(CHALLENGE_BYTES);
    String text = text(clock.instant().plus(VALID).getEpochSecond(), person, challenge);
    cookie(person).set(request, response, text + "." + signer.sign(text), VALID);
    return challenge;
  }

  private static String text(long until, @Nullable Person person, String challenge) {
    return until
        + "."
        + (person == null ? LOGIN : person.id() + "-" + person.credentials().loginVersion())
        + "."
        + challenge;
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
    String[] parts = value.length() > MAX_LENGTH ? new String[0] : value.split("\\.");
    if (parts.length != PARTS || !parts[0].matches("[0-9]{1,12}")) {
      return Optional.empty();
    }
    long until = Long.parseLong(parts[0]);
    String challenge = parts[2];
    return signer.verifies(text(until, person, challenge), parts[3])
            && clock.instant().isBefore(Instant.ofEpochSecond(until))
        ? Optional.of(challenge)
        : Optional.empty();
  }

  private static ConsoleCookie cookie(@Nullable Person person) {
    return person == null ? OF_LOGIN : OF_REGISTRATION;
  }
}
