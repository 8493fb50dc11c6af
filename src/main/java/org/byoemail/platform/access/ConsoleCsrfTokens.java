package org.byoemail.platform.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.HexFormat;
import org.byoemail.format.mail.Tokens;
import org.jspecify.annotations.Nullable;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.csrf.DefaultCsrfToken;

/**
 * Derives the CSRF token from the secret of the login, and keeps it in a cookie before a login, so
 * that a visitor creates no session.
 */
final class ConsoleCsrfTokens implements CsrfTokenRepository {
  private static final String HEADER = "X-CSRF-TOKEN";
  private static final String PARAMETER = "_csrf";

  private final CsrfTokenRepository ofVisitors;

  ConsoleCsrfTokens() {
    CookieCsrfTokenRepository cookies = new CookieCsrfTokenRepository();
    cookies.setCookieName("byo-csrf");
    cookies.setParameterName(PARAMETER);
    cookies.setHeaderName(HEADER);
    cookies.setCookieCustomizer(cookie -> cookie.httpOnly(true).sameSite("Lax"));
    this.ofVisitors = cookies;
  }

  @Override
  public CsrfToken generateToken(HttpServletRequest request) {
    CsrfToken derived = derived(request);
    return derived == null ? ofVisitors.generateToken(request) : derived;
  }

  @Override
  public void saveToken(
      @Nullable CsrfToken token, HttpServletRequest request, HttpServletResponse response) {
    if (ConsoleSecurityContextRepository.token(request) == null) {
      ofVisitors.saveToken(token, request, response);
    }
  }

  @Override
  public @Nullable CsrfToken loadToken(HttpServletRequest request) {
    CsrfToken derived = derived(request);
    return derived == null ? ofVisitors.loadToken(request) : derived;
  }

  private static @Nullable CsrfToken derived(HttpServletRequest request) {
    String secret = ConsoleSecurityContextRepository.token(request);
    return secret == null
        ? null
        : new DefaultCsrfToken(
            HEADER,
            PARAMETER,
            HexFormat.of().formatHex(Tokens.sha256("forms of the console\n" + secret)));
  }
}
