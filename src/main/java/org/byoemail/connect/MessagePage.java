package org.byoemail.connect;

import java.util.List;
import org.byoemail.account.oauth.UnknownAuthorization;
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
