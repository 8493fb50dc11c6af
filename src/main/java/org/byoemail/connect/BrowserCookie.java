package org.byoemail.connect;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import org.byoemail.account.link.ConnectLinks;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.web.util.WebUtils;

/**
 * The cookie that binds a link to a browser. Each link has its own, with a value that the gateway
 * chose when it was bound: a cookie planted earlier is not accepted.
 */
final class BrowserCookie {
  private static final String PREFIX = "byo-connect-";
  private static final String RETURN = "byo-connect-return";
  private static final String CALLBACK = "/connect/oauth/callback";

  /** How long a sign-in at a provider may take. */
  private static final Duration SIGN_IN = Duration.ofMinutes(15);

  private BrowserCookie() {}

  static void set(
      HttpServletRequest request,
      HttpServletResponse response,
      boolean secure,
      String token,
      String secret) {
    ResponseCookie cookie =
        ResponseCookie.from(name(token), secret)
            .path(request.getContextPath() + "/connect")
            .maxAge(ConnectLinks.MAX_VALIDITY)
            .httpOnly(true)
            .secure(secure)
            // Lax: the provider's consent page leads back by a link.
            .sameSite("Lax")
            .build();
    response.addHeader(HttpHeaders.SET_COOKIE, cookie.toString());
  }

  /** Remembers the page of a link, for when the browser comes back from a provider. */
  static void expectReturn(
      HttpServletRequest request, HttpServletResponse response, boolean secure, String token) {
    ResponseCookie cookie =
        ResponseCookie.from(RETURN, token)
            .path(request.getContextPath() + CALLBACK)
            .maxAge(SIGN_IN)
            .httpOnly(true)
            .secure(secure)
            .sameSite("Lax")
            .build();
    response.addHeader(HttpHeaders.SET_COOKIE, cookie.toString());
  }

  /** The token of the page that the browser left; null: it left none. */
  static @Nullable String returning(HttpServletRequest request) {
    Cookie cookie = WebUtils.getCookie(request, RETURN);
    return cookie == null ? null : cookie.getValue();
  }

  /** The browser's secret for a link; null: it has none. */
  static @Nullable String of(HttpServletRequest request, String token) {
    Cookie cookie = WebUtils.getCookie(request, name(token));
    return cookie == null ? null : cookie.getValue();
  }

  private static String name(String token) {
    return PREFIX + ConnectLinks.fingerprint(token);
  }
}
