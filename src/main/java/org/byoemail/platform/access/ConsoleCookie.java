package org.byoemail.platform.access;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.web.util.WebUtils;

/**
 * A cookie of the console, which no script reads. A browser that got it over HTTPS sends it over
 * HTTPS only. Thread-safe.
 */
public final class ConsoleCookie {
  /** Until the browser is closed. */
  static final Duration UNTIL_CLOSED = Duration.ofSeconds(-1);

  private static final Pattern TOKEN = Pattern.compile("[\\w-]{43}");

  private final String name;
  private final String path;
  private final String sameSite;

  private ConsoleCookie(String name, String path, String sameSite) {
    this.name = name;
    this.path = path;
    this.sameSite = sameSite;
  }

  /**
   * A cookie that is also sent when a link of another site is followed.
   *
   * @param path below which it is sent, within the application
   */
  public static ConsoleCookie lax(String name, String path) {
    return new ConsoleCookie(name, path, "Lax");
  }

  /**
   * A cookie that only requests from the console's own pages carry.
   *
   * @param path below which it is sent, within the application
   */
  static ConsoleCookie strict(String name, String path) {
    return new ConsoleCookie(name, path, "Strict");
  }

  /** The value that the browser sent; null: none. */
  public @Nullable String value(HttpServletRequest request) {
    Cookie cookie = WebUtils.getCookie(request, name);
    return cookie == null ? null : cookie.getValue();
  }

  /** The secret of 32 bytes, in Base64 for URLs, that the browser sent; null: none. */
  @Nullable String token(HttpServletRequest request) {
    String value = value(request);
    return value != null && TOKEN.matcher(value).matches() ? value : null;
  }

  /**
   * Sets the value.
   *
   * @param kept how long the browser keeps it, or {@link #UNTIL_CLOSED}
   */
  public void set(
      HttpServletRequest request, HttpServletResponse response, String value, Duration kept) {
    ResponseCookie cookie =
        ResponseCookie.from(name, value)
            .path(request.getContextPath() + path)
            .maxAge(kept)
            .httpOnly(true)
            .secure(request.isSecure())
            .sameSite(sameSite)
            .build();
    response.addHeader(HttpHeaders.SET_COOKIE, cookie.toString());
  }

  /** Has the browser delete it. */
  public void delete(HttpServletRequest request, HttpServletResponse response) {
    set(request, response, "", Duration.ZERO);
  }
}
