package org.byoemail.connect;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.byoemail.account.connection.ConnectionTest;
import org.byoemail.account.oauth.UnknownAuthorization;
import org.byoemail.account.testrun.TestRun;
import org.byoemail.operations.setup.OAuthResult;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.ModelAndView;

/** A page with one message. */
final class MessagePage {
  private static final String VIEW = "connect/message";

  private MessagePage() {}

  static ModelAndView good(String title, String message, List<OAuthResult.Side> sides) {
    return page(HttpStatus.OK, title, "good", message, null, sides);
  }

  static ModelAndView refused(
      HttpStatus status, String title, String message, @Nullable String link) {
    return page(status, title, "bad", message, link, List.of());
  }

  static ModelAndView of(OAuthResult result) {
    return page(
        HttpStatus.OK,
        result.ok()
            ? "Connected"
            : result.waiting() ? "Waiting for your administrator" : "Not connected",
        result.ok() ? "good" : result.waiting() ? "wait" : "bad",
        result.message(),
        result.link(),
        result.sides());
  }

  /** The tests with the token of a sign-in, as far as they have come. */
  static ModelAndView of(TestRun run) {
    if (run.isRunning()) {
      ModelAndView page =
          page(
              HttpStatus.OK,
              "Testing your mailbox",
              "wait",
              "Reading and sending are being tested. This page shows each step as it happens.",
              null,
              List.of());
      page.addObject("running", true);
      page.addObject("runningSides", run.sides());
      return page;
    }
    boolean passed = run.state() == TestRun.State.PASSED;
    return page(
        HttpStatus.OK,
        passed ? "Connected" : "Not connected",
        passed ? "good" : "bad",
        Objects.requireNonNullElse(run.problem(), "The mailbox was tested."),
        null,
        run.sides().stream().filter(side -> side.ok() != null).map(MessagePage::side).toList());
  }

  private static OAuthResult.Side side(TestRun.Side side) {
    return new OAuthResult.Side(
        side.side().word().toUpperCase(Locale.ROOT),
        new ConnectionTest(Boolean.TRUE.equals(side.ok()), side.steps(), side.hint()));
  }

  static ModelAndView unknown(UnknownAuthorization unknown) {
    return refused(
        HttpStatus.BAD_REQUEST,
        "Sign in again",
        "Nothing was changed, because "
            + unknown.getMessage()
            + ". Go back to where you started, and try again.",
        null);
  }

  private static ModelAndView page(
      HttpStatus status,
      String title,
      String tone,
      String message,
      @Nullable String link,
      List<OAuthResult.Side> sides) {
    ModelAndView page = new ModelAndView(VIEW, status);
    page.addObject("title", title);
    page.addObject("tone", tone);
    page.addObject("message", message);
    page.addObject("link", link);
    page.addObject("sides", sides);
    return page;
  }
}
