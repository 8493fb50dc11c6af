package org.byoemail.platform.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import org.byoemail.format.mail.Tokens;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Browsers in which a person has logged in before, recognised by a signed cookie. Wrong passwords
 * for that login are counted per browser, so that strangers behind the same proxy do not lock the
 * person out; for any other login they count for the address. The cookie does not log in.
 * Thread-safe.
 */
@Component
class KnownBrowsers {
  private static final ConsoleCookie COOKIE = ConsoleCookie.strict("byo-browser", "/login");
  private static final Duration KEPT = Duration.ofDays(180);
  private static final int ID_BYTES = 16;
  private static final int ID_DIGITS = 2 * ID_BYTES;
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{96}");

  private final CookieSigner signer;

  KnownBrowsers(ApiSettings settings) {
    this.signer = new CookieSigner("browsers of the console", settings);
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
    COOKIE.set(request, response, id + signer.sign(signed(id, login)), KEPT);
  }

  private @Nullable String id(HttpServletRequest request, String login) {
    String value = COOKIE.value(request);
    if (value == null || !FORM.matcher(value).matches()) {
      return null;
    }
    String id = value.substring(0, ID_DIGITS);
    return signer.verifies(signed(id, login), value.substring(ID_DIGITS)) ? id : null;
  }

  private static String signed(String id, String login) {
    return id + login.strip().toLowerCase(Locale.ROOT);
  }
}
