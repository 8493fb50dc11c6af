package org.byoemail.connect;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.byoemail.account.link.ConnectLinks;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.web.util.WebUtils;

/**
 * The cookie that binds a link to a browser. Each link has its own, with a value that the gateway
 * chose when it was bound: a cookie that somebody planted before counts for nothing.
 */
final class BrowserCookie {
  private static final String PREFIX = "byo-connect-";

  private BrowserCookie() {}

  static void set(
      HttpServletRequest request, HttpServletResponse response, String token, String secret) {
    ResponseCookie cookie =
        ResponseCookie.from(name(token), secret)
            .path(request.getContextPath() + "/connect")
            .maxAge(ConnectLinks.MAX_VALIDITY)
            .httpOnly(true)
            .secure(request.isSecure())
            // Lax: the provider's consent page leads back by a link.
            .sameSite("Lax")
            .build();
    response.addHeader(HttpHeaders.SET_COOKIE, cookie.toString());
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
