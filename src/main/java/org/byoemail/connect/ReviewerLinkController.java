package org.byoemail.connect;

import java.util.List;
import java.util.Optional;
import org.byoemail.operations.setup.ReviewerSetup;
import org.byoemail.operations.setup.SetupConflict;
import org.byoemail.outbound.review.MailReviewer;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.servlet.ModelAndView;

/**
 * The page on which a new reviewer confirms the address. Opening it changes nothing, since mail
 * scanners open links.
 */
@Controller
@RequestMapping("/connect/reviewer/{token:[A-Za-z0-9_-]{43}}")
class ReviewerLinkController {
  private final ReviewerSetup setup;

  ReviewerLinkController(ReviewerSetup setup) {
    this.setup = setup;
  }

  @GetMapping
  ModelAndView show(@PathVariable String token) {
    MailReviewer reviewer = setup.unconfirmed(token).orElse(null);
    if (reviewer == null) {
      return unknown();
    }
    if (reviewer.confirmedAt() != null) {
      return confirmed(reviewer);
    }
    ModelAndView page = new ModelAndView("connect/reviewer");
    page.addObject("token", token);
    page.addObject("address", reviewer.address().value());
    page.addObject("organization", reviewer.organization().value());
    page.addObject("byCode", reviewer.byCode());
    return page;
  }

  @PostMapping("/confirm")
  ModelAndView confirm(@PathVariable String token) {
    try {
      Optional<MailReviewer> reviewer = setup.confirm(token);
      return reviewer
          .map(ReviewerLinkController::confirmed)
          .orElseGet(ReviewerLinkController::unknown);
    } catch (SetupConflict e) {
      return MessagePage.refused(
          HttpStatus.CONFLICT,
          "Not confirmed",
          "Nothing was changed: " + e.getMessage() + ".",
          null);
    }
  }

  private static ModelAndView confirmed(MailReviewer reviewer) {
    return MessagePage.good(
        "Confirmed",
        "Mail of "
            + reviewer.organization().value()
            + " that waits for approval is announced to "
            + reviewer.address().value()
            + " from now on.",
        List.of());
  }

  private static ModelAndView unknown() {
    return MessagePage.refused(
        HttpStatus.NOT_FOUND,
        "Unknown link",
        "Nothing was changed: the link is incomplete or too old, or the reviewer was removed. Ask"
            + " the person who added you for another mail.",
        null);
  }
}
