package org.byoemail.platform.access;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.security.web.savedrequest.RequestCache;
import org.springframework.security.web.savedrequest.SavedRequest;
import org.springframework.security.web.savedrequest.SimpleSavedRequest;
import org.springframework.web.util.WebUtils;

/**
 * Remembers in a cookie, not in a session, which console page was requested before the login. It
 * redirects to console pages only, whatever the cookie says.
 */
final class ConsoleRequestCache implements RequestCache {
  private static final String COOKIE = "byo-page";
  private static final Duration KEPT = Duration.ofMinutes(10);
  private static final int MAX_LENGTH = 1000;
  private static final Pattern PAGE =
      Pattern.compile("/console(/[\\w.~-]+)*(\\?[\\w.~%&=+@:/-]*)?");

  @Override
  public void saveRequest(HttpServletRequest request, HttpServletResponse response) {
    String query = request.getQueryString();
    String page = RequestPath.of(request) + (query == null ? "" : "?" + query);
    if (request.getMethod().equals("GET") && isPage(page)) {
      String value =
          Base64.getUrlEncoder()
              .withoutPadding()
              .encodeToString(page.getBytes(StandardCharsets.US_ASCII));
      set(request, response, value, KEPT);
    }
  }

  @Override
  public @Nullable SavedRequest getRequest(
      HttpServletRequest request, HttpServletResponse response) {
    Cookie cookie = WebUtils.getCookie(request, COOKIE);
    String page = cookie == null ? "" : decoded(cookie.getValue());
    return isPage(page) ? new SimpleSavedRequest(page) : null;
  }

  /** None: the browser requests the page again. */
  @Override
  public @Nullable HttpServletRequest getMatchingRequest(
      HttpServletRequest request, HttpServletResponse response) {
    return null;
  }

  @Override
  public void removeRequest(HttpServletRequest request, HttpServletResponse response) {
    if (WebUtils.getCookie(request, COOKIE) != null) {
      set(request, response, "", Duration.ZERO);
    }
  }

  private static void set(
      HttpServletRequest request, HttpServletResponse response, String value, Duration kept) {
    ResponseCookie cookie =
        ResponseCookie.from(COOKIE, value)
            .path(request.getContextPath() + "/")
            .maxAge(kept)
            .httpOnly(true)
            .secure(request.isSecure())
            .sameSite("Lax")
            .build();
    response.addHeader(HttpHeaders.SET_COOKIE, cookie.toString());
  }

  private static boolean isPage(String page) {
    return page.length() <= MAX_LENGTH && PAGE.matcher(page).matches();
  }

  private static String decoded(String value) {
    try {
      return new String(Base64.getUrlDecoder().decode(value), StandardCharsets.US_ASCII);
    } catch (IllegalArgumentException e) {
      return ""; // Not set by this application.
    }
  }
}
