package org.byoemail.platform.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.security.web.savedrequest.RequestCache;
import org.springframework.security.web.savedrequest.SavedRequest;
import org.springframework.security.web.savedrequest.SimpleSavedRequest;

/**
 * Remembers in a cookie, not in a session, which console page was requested before the login. It
 * redirects to console pages only, whatever the cookie says.
 */
final class ConsoleRequestCache implements RequestCache {
  private static final ConsoleCookie COOKIE = ConsoleCookie.lax("byo-page", "/");
  private static final String OVERVIEW = "/console";
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
      COOKIE.set(request, response, value, KEPT);
    }
  }

  @Override
  public @Nullable SavedRequest getRequest(
      HttpServletRequest request, HttpServletResponse response) {
    String value = COOKIE.value(request);
    String page = value == null ? "" : decoded(value);
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
    if (COOKIE.value(request) != null) {
      COOKIE.delete(request, response);
    }
  }

  /** The path of the page that was requested, which is then forgotten; or else of the overview. */
  String take(HttpServletRequest request, HttpServletResponse response) {
    SavedRequest page = getRequest(request, response);
    removeRequest(request, response);
    return page == null ? OVERVIEW : page.getRedirectUrl();
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
