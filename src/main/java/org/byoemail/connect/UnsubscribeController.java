package org.byoemail.connect;

import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import org.byoemail.outbound.suppression.UnsubscribeLinks;
import org.byoemail.outbound.suppression.UnsubscribeLinks.Subject;
import org.byoemail.outbound.suppression.Unsubscriptions;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.servlet.ModelAndView;

/**
 * The link by which a recipient unsubscribes from an agent (RFC 8058). Opening it changes nothing,
 * since scanners of mail do; what a mail program posts, or the page's button, unsubscribes.
 */
@Controller
@RequestMapping("/connect/unsubscribe/{token:[A-Za-z0-9_-]{40," + UnsubscribeLinks.MAX_TOKEN + "}}")
class UnsubscribeController {
  private final UnsubscribeLinks links;
  private final Unsubscriptions unsubscriptions;
  private final RepeatedPosts posts;

  UnsubscribeController(UnsubscribeLinks links, Unsubscriptions unsubscriptions, Clock clock) {
    this.links = links;
    this.unsubscriptions = unsubscriptions;
    this.posts = new RepeatedPosts(clock);
  }

  @GetMapping
  ModelAndView show(@PathVariable String token) {
    return links
        .open(token)
        .map(subject -> page(subject, false))
        .orElseGet(UnsubscribeController::unknown);
  }

  /**
   * Gives the same answer however often a link is posted, within a limit. The limit is not per
   * client address: a mail provider posts for all of its users.
   */
  @PostMapping(
      consumes = {MediaType.APPLICATION_FORM_URLENCODED_VALUE, MediaType.MULTIPART_FORM_DATA_VALUE},
      params = "List-Unsubscribe=One-Click")
  ModelAndView unsubscribe(@PathVariable String token, HttpServletResponse response) {
    Subject subject = links.open(token).orElse(null);
    if (subject == null) {
      return unknown();
    }
    if (posts.countAndCheck(subject.message().value())) {
      response.setHeader(HttpHeaders.RETRY_AFTER, String.valueOf(RepeatedPosts.WINDOW.toSeconds()));
      return MessagePage.refused(
          HttpStatus.TOO_MANY_REQUESTS,
          "Too many requests",
          "This link was used very often within a minute. The first request has been carried out.",
          null);
    }
    unsubscriptions.unsubscribe(subject);
    return page(subject, true);
  }

  private static ModelAndView page(Subject subject, boolean done) {
    ModelAndView page = new ModelAndView("connect/unsubscribe");
    page.addObject("address", subject.address().value());
    page.addObject("done", done);
    return page;
  }

  private static ModelAndView unknown() {
    return MessagePage.refused(
        HttpStatus.NOT_FOUND,
        "Unknown link",
        "Nothing was changed: the link is incomplete, or no longer valid. Copy the whole address"
            + " from the mail, or answer the mail.",
        null);
  }
}
