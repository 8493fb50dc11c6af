package org.byoemail.platform.access;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.byoemail.format.mail.Tokens;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.stereotype.Component;
import org.springframework.web.util.WebUtils;

/**
 * Remembers a login at the OpenID provider in a signed cookie of the browser that began it, so that
 * visitors have no sessions and any node can complete the login. Thread-safe.
 */
@Component
class OidcRequests {
  private static final String COOKIE = "byo-oidc";
  private static final String ALGORITHM = "HmacSHA256";
  private static final Duration VALID = Duration.ofMinutes(10);
  private static final int MAX_LENGTH = 500;
  private static final int PARTS = 4;

  private final SecretKeySpec key;
  private final Clock clock;

  OidcRequests(ApiSettings settings, Clock clock) {
    this.key =
        new SecretKeySpec(
            Tokens.sha256("logins at the provider\n" + settings.adminKey()), ALGORITHM);
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
    String text =
        clock.instant().plus(VALID).getEpochSecond()
            + "."
            + begun.state()
            + "."
            + begun.nonce()
            + "."
            + begun.verifier();
    set(request, response, text + "." + mac(text), VALID);
  }

  /**
   * Takes the login that this browser began, and forgets it. Empty: it began none, or too long ago.
   */
  Optional<Begun> take(HttpServletRequest request, HttpServletResponse response) {
    Cookie cookie = WebUtils.getCookie(request, COOKIE);
    if (cookie == null) {
      return Optional.empty();
    }
    set(request, response, "", Duration.ZERO);
    return Optional.ofNullable(read(cookie.getValue()));
  }

  private @Nullable Begun read(String value) {
    int end = value.lastIndexOf('.');
    if (value.length() > MAX_LENGTH || end < 0) {
      return null;
    }
    String text = value.substring(0, end);
    boolean ours =
        MessageDigest.isEqual(
            mac(text).getBytes(StandardCharsets.US_ASCII),
            value.substring(end + 1).getBytes(StandardCharsets.US_ASCII));
    String[] parts = text.split("\\.");
    if (!ours || parts.length != PARTS) {
      return null;
    }
    boolean over = !clock.instant().isBefore(Instant.ofEpochSecond(Long.parseLong(parts[0])));
    return over ? null : new Begun(parts[1], parts[2], parts[3]);
  }

  private String mac(String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  /** The code challenge of RFC 7636 section 4.2. */
  static String challenge(String verifier) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Tokens.sha256(verifier));
  }

  /** What the ID token carries: the provider never sees the nonce itself. */
  static String nonceHash(String nonce) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Tokens.sha256(nonce));
  }

  private static void set(
      HttpServletRequest request, HttpServletResponse response, String value, Duration kept) {
    ResponseCookie cookie =
        ResponseCookie.from(COOKIE, value)
            .path(request.getContextPath() + "/login/oidc")
            .maxAge(kept)
            .httpOnly(true)
            .secure(request.isSecure())
            .sameSite("Lax")
            .build();
    response.addHeader(HttpHeaders.SET_COOKIE, cookie.toString());
  }
}
