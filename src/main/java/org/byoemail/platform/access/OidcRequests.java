package org.byoemail.platform.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.byoemail.format.mail.Tokens;
import org.springframework.stereotype.Component;

/**
 * Remembers a login at the OpenID provider in a signed cookie of the browser that began it, so that
 * visitors have no sessions and any node can complete the login. Thread-safe.
 */
@Component
class OidcRequests {
  private static final ConsoleCookie COOKIE = ConsoleCookie.lax("byo-oidc", "/login/oidc");
  private static final Duration VALID = Duration.ofMinutes(10);

  private final CookieSigner signer;
  private final Clock clock;

  OidcRequests(ApiSettings settings, Clock clock) {
    this.signer = new CookieSigner("logins at the provider", settings);
    this.clock = clock;
  }

  /** What a login began with. */
  record Begun(String state, String nonce, String verifier) {
    static Begun fresh() {
      return new Begun(Tokens.base64Url(32), Tokens.base64Url(32), Tokens.base64Url(48));
    }

    @Override
    public String toString() {
      return "Begun";
    }
  }

  void remember(Begun begun, HttpServletRequest request, HttpServletResponse response) {
    String value =
        signer.sign(clock.instant().plus(VALID), begun.state(), begun.nonce(), begun.verifier());
    COOKIE.set(request, response, value, VALID);
  }

  /**
   * Takes the login that this browser began, and forgets it. Empty: it began none, or too long ago.
   */
  Optional<Begun> take(HttpServletRequest request, HttpServletResponse response) {
    String value = COOKIE.value(request);
    if (value == null) {
      return Optional.empty();
    }
    COOKIE.delete(request, response);
    return signer
        .open(value, clock.instant())
        .map(words -> new Begun(words.get(0), words.get(1), words.get(2)));
  }

  /** The code challenge of RFC 7636 section 4.2. */
  static String challenge(String verifier) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Tokens.sha256(verifier));
  }

  /** What the ID token carries: the provider never sees the nonce itself. */
  static String nonceHash(String nonce) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Tokens.sha256(nonce));
  }
}
