package org.byoemail.connect;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.oauth.UnknownAuthorization;
import org.byoemail.account.testrun.TestRun;
import org.byoemail.account.testrun.TestRuns;
import org.byoemail.platform.access.PublicUrl;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.CookieValue;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.servlet.ModelAndView;

/**
 * The tests of a sign-in that a platform sent the owner of a mailbox to: their steps as they
 * happen, and then the result. A cookie names the run, so only the browser that signed in sees it.
 */
@Controller
class SignInResults {
  private static final String PATH = "/connect/oauth/result";
  private static final String COOKIE = "byo-oauth-result";

  /** As long as runs are kept. */
  private static final Duration KEPT = Duration.ofHours(1);

  private final TestRuns runs;
  private final PublicUrl publicUrl;
  private final HttpServletRequest request;
  private final HttpServletResponse response;

  /**
   * @param request of the calling thread
   * @param response to it
   */
  SignInResults(
      TestRuns runs,
      PublicUrl publicUrl,
      HttpServletRequest request,
      HttpServletResponse response) {
    this.runs = runs;
    this.publicUrl = publicUrl;
    this.request = request;
    this.response = response;
  }

  /** Leads the browser of this request to the page of a run. */
  ModelAndView follow(TestRun run) {
    ResponseCookie cookie =
        ResponseCookie.from(COOKIE, run.id().toString())
            .path(request.getContextPath() + PATH)
            .maxAge(KEPT)
            .httpOnly(true)
            .secure(publicUrl.isHttps())
            // Lax: the browser comes from the provider's page.
            .sameSite("Lax")
            .build();
    response.addHeader(HttpHeaders.SET_COOKIE, cookie.toString());
    ModelAndView page = new ModelAndView("redirect:" + PATH);
    page.setStatus(HttpStatus.SEE_OTHER);
    return page;
  }

  @GetMapping(PATH)
  ModelAndView show(@CookieValue(name = COOKIE, required = false) @Nullable Cookie cookie) {
    return cookie == null
        ? MessagePage.unknown(new UnknownAuthorization())
        : id(cookie.getValue())
            .flatMap(runs::find)
            .map(MessagePage::of)
            .orElseGet(() -> MessagePage.unknown(new UnknownAuthorization()));
  }

  private static Optional<UUID> id(String text) {
    try {
      return Optional.of(UUID.fromString(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
