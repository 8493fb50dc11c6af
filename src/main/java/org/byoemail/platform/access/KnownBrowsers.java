package org.byoemail.platform.access;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.byoemail.format.mail.Tokens;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.stereotype.Component;
import org.springframework.web.util.WebUtils;

/**
 * Browsers in which a person has logged in before, recognised by a signed cookie. Wrong passwords
 * for that login are counted per browser, so that strangers behind the same proxy do not lock the
 * person out; for any other login they count for the address. The cookie does not log in.
 * Thread-safe.
 */
@Component
class KnownBrowsers {
  private static final String COOKIE = "byo-browser";
  private static final String ALGORITHM = "HmacSHA256";
  private static final Duration KEPT = Duration.ofDays(180);
  private static final int ID_BYTES = 16;
  private static final int ID_DIGITS = 2 * ID_BYTES;
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{96}");

  private final SecretKeySpec key;

  /**
   * Derived from the admin key: the same on every node, and of no use for guessing the password.
   */
  KnownBrowsers(ApiSettings settings) {
    this.key =
        new SecretKeySpec(
            Tokens.sha256("browsers of the console\n" + settings.adminKey()), ALGORITHM);
  }

  /**
   * The key under which wrong passwords are counted: the browser, or else the address.
   *
   * @param login as it was typed; null: unknown
   */
  String clientOf(HttpServletRequest request, @Nullable String login) {
    String id = login == null ? null : id(request, login);
    return id == null ? ClientAddress.of(request.getRemoteAddr()) : "browser " + id;
  }

  /** Sets the cookie. */
  void remember(HttpServletRequest request, HttpServletResponse response, String login) {
    String id = id(request, login);
    if (id == null) {
      id = Tokens.hex(ID_BYTES);
    }
    ResponseCookie cookie =
        ResponseCookie.from(COOKIE, id + seal(id, login))
            .path(request.getContextPath() + "/login")
            .maxAge(KEPT)
            .httpOnly(true)
            .secure(request.isSecure())
            .sameSite("Strict")
            .build();
    response.addHeader(HttpHeaders.SET_COOKIE, cookie.toString());
  }

  private @Nullable String id(HttpServletRequest request, String login) {
    Cookie cookie = WebUtils.getCookie(request, COOKIE);
    if (cookie == null || !FORM.matcher(cookie.getValue()).matches()) {
      return null;
    }
    String id = cookie.getValue().substring(0, ID_DIGITS);
    boolean ours =
        MessageDigest.isEqual(
            seal(id, login).getBytes(StandardCharsets.US_ASCII),
            cookie.getValue().substring(ID_DIGITS).getBytes(StandardCharsets.US_ASCII));
    return ours ? id : null;
  }

  private String seal(String id, String login) {
    String sealed = id + login.strip().toLowerCase(Locale.ROOT);
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return HexFormat.of().formatHex(mac.doFinal(sealed.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }
}
