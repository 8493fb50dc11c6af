package org.byoemail.connect;

import java.util.function.Consumer;
import org.byoemail.outbound.suppression.UnsubscribeLinks;
import org.byoemail.outbound.suppression.UnsubscribeLinks.Subject;
import org.byoemail.outbound.suppression.Unsubscriptions;
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
  private static final String VIEW = "connect/unsubscribe";

  private final UnsubscribeLinks links;
  private final Unsubscriptions unsubscriptions;

  UnsubscribeController(UnsubscribeLinks links, Unsubscriptions unsubscriptions) {
    this.links = links;
    this.unsubscriptions = unsubscriptions;
  }

  @GetMapping
  ModelAndView show(@PathVariable String token) {
    return answer(token, false, subject -> {});
  }

  /** The same answer however often it is posted. */
  @PostMapping(
      consumes = {MediaType.APPLICATION_FORM_URLENCODED_VALUE, MediaType.MULTIPART_FORM_DATA_VALUE},
      params = "List-Unsubscribe=One-Click")
  ModelAndView unsubscribe(@PathVariable String token) {
    return answer(token, true, unsubscriptions::unsubscribe);
  }

  private ModelAndView answer(String token, boolean done, Consumer<Subject> action) {
    Subject subject = links.open(token).orElse(null);
    if (subject == null) {
      return MessagePage.refused(
          HttpStatus.NOT_FOUND,
          "Unknown link",
          "Nothing was changed: the link is incomplete, or no longer valid. Copy the whole address"
              + " from the mail, or answer the mail.",
          null);
    }
    action.accept(subject);
    ModelAndView page = new ModelAndView(VIEW);
    page.addObject("address", subject.address().value());
    page.addObject("done", done);
    return page;
  }
}
