package org.byoemail.connect;

import jakarta.servlet.http.HttpServletResponse;
import java.io.InputStream;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.byoemail.format.html.SafeHtml;
import org.byoemail.format.mail.StateConflict;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.outbox.ReasonMissing;
import org.byoemail.outbound.outbox.ReviewDesk;
import org.byoemail.outbound.outbox.ReviewForbidden;
import org.byoemail.outbound.outbox.ReviewLinks;
import org.byoemail.outbound.outbox.ReviewLinks.Link;
import org.byoemail.outbound.outbox.ReviewLinks.State;
import org.byoemail.platform.access.Downloads;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.access.ResponseBudget;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.Attachments;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/**
 * The page of a link in a mail to a reviewer. Opening it changes nothing, since mail scanners open
 * links; the form takes the reviewer's code to decide, or leads to the console, which asks for a
 * login.
 */
@Controller
@RequestMapping("/connect/review/{token:[A-Za-z0-9_-]{43}}")
class ReviewLinkController {
  private static final String POLICY = "Content-Security-Policy";
  private static final String PAGE_POLICY =
      "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; base-uri 'none';"
          + " form-action 'self'; frame-ancestors 'none'";
  private static final long PAGE_BYTES = 1 << 20;
  private static final DateTimeFormatter WHEN =
      DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final ReviewLinks links;
  private final Messages messages;
  private final Attachments attachments;
  private final ReviewDesk desk;
  private final ResponseBudget budget;

  ReviewLinkController(
      ReviewLinks links,
      Messages messages,
      Attachments attachments,
      ReviewDesk desk,
      ResponseBudget budget) {
    this.links = links;
    this.messages = messages;
    this.attachments = attachments;
    this.desk = desk;
    this.budget = budget;
  }

  /** A file of the mail. */
  record FileLine(String name, String contentType, long size) {
    static FileLine of(Attachment file) {
      return new FileLine(file.name(), file.contentType(), file.size());
    }
  }

  @GetMapping
  ModelAndView show(@PathVariable String token, HttpServletResponse response) {
    Link link = links.open(token).orElse(null);
    return link == null ? unknown() : page(token, link, null, response);
  }

  /** The HTML of the mail, for a frame without rights. */
  @GetMapping("/html")
  ResponseEntity<String> html(@PathVariable String token) {
    Link link = readable(token);
    StoredMessageId message = link.review().message();
    budget.take(SafeHtml.memory(messages.sizeOfTexts(message)));
    String html =
        messages.html(message, SafeHtml.MAX_LENGTH).orElseThrow(() -> new ResourceNotFound("HTML"));
    return ResponseEntity.ok()
        .header(POLICY, SafeHtml.FRAME_POLICY)
        .contentType(MediaType.parseMediaType("text/html;charset=UTF-8"))
        .body(SafeHtml.page(html));
  }

  /** The mail as it will be sent, except for Date and the attempt's id. */
  @GetMapping("/mail")
  ResponseEntity<Resource> mail(@PathVariable String token) {
    Link link = readable(token);
    InputStream mail =
        desk.open(link.review(), link.opened().version())
            .orElseThrow(() -> new ResourceNotFound("version"));
    return Downloads.answer("review.eml", "message/rfc822", -1, mail);
  }

  @PostMapping("/approve")
  ModelAndView approve(
      @PathVariable String token,
      @RequestParam(defaultValue = "0") int version,
      @RequestParam(defaultValue = "") String code,
      HttpServletResponse response) {
    return decide(token, response, link -> links.decide(link, version, true, code, null));
  }

  @PostMapping("/reject")
  ModelAndView reject(
      @PathVariable String token,
      @RequestParam(defaultValue = "0") int version,
      @RequestParam(defaultValue = "") String code,
      @RequestParam(defaultValue = "") String reason,
      HttpServletResponse response) {
    return decide(
        token,
        response,
        link -> links.decide(link, version, false, code, ReviewDesk.reason(reason)));
  }

  private ModelAndView decide(
      String token, HttpServletResponse response, Function<Link, ?> decision) {
    Link link = links.open(token).orElse(null);
    if (link == null) {
      return unknown();
    }
    try {
      decision.apply(link);
      ModelAndView redirect = new ModelAndView("redirect:/connect/review/" + token);
      redirect.setStatus(HttpStatus.SEE_OTHER);
      return redirect;
    } catch (ReasonMissing e) {
      return refused(token, link, HttpStatus.BAD_REQUEST, e, response);
    } catch (ReviewForbidden e) {
      return refused(token, link, HttpStatus.FORBIDDEN, e, response);
    } catch (StateConflict e) {
      return refused(token, link, HttpStatus.CONFLICT, e, response);
    }
  }

  private ModelAndView refused(
      String token,
      Link before,
      HttpStatus status,
      RuntimeException why,
      HttpServletResponse response) {
    Link now = links.open(token).orElse(before);
    ModelAndView page = page(token, now, why.getMessage(), response);
    page.setStatus(status);
    return page;
  }

  private ModelAndView page(
      String token, Link link, @Nullable String problem, HttpServletResponse response) {
    if (link.state() != State.OPEN) {
      return over(link);
    }
    budget.take(PAGE_BYTES);
    response.setHeader(POLICY, PAGE_POLICY);
    ReviewDesk.Details details = links.details(link);
    Message message = details.message();
    ModelAndView page = new ModelAndView("connect/review");
    page.addObject("token", token);
    page.addObject("problem", problem);
    page.addObject("version", link.opened().version());
    page.addObject("byCode", link.reviewer().byCode() && link.isAllowed());
    page.addObject("locked", link.opened().isLocked());
    page.addObject("address", link.reviewer().address().value());
    page.addObject("console", "/console/reviews/" + link.review().id());
    page.addObject("why", link.review().reasons());
    page.addObject("origins", desk.origins(details).entrySet());
    page.addObject("expires", WHEN.format(link.review().expiresAt()));
    page.addObject("fourEyes", link.review().fourEyes());
    page.addObject("message", message);
    page.addObject("cut", message.text() != null && message.text().length() >= Messages.EXCERPT);
    List<FileLine> files = attachments.ofMessage(message.id()).stream().map(FileLine::of).toList();
    page.addObject("files", files);
    return page;
  }

  private static ModelAndView over(Link link) {
    return switch (link.state()) {
      case USED ->
          MessagePage.good(
              "Decided",
              "You have decided on this mail. It is "
                  + (link.review().isOpen()
                      ? "waiting for a second person."
                      : link.review().state().equals("rejected")
                          ? "not sent."
                          : "sent when it is due.")
                  + " The link can no longer be used.",
              List.of());
      case EXPIRED -> ended("Too late", "Nobody decided on this mail in time: it is not sent.");
      case CHANGED ->
          ended(
              "Another version",
              "This mail has been changed since. The request to review its present version has"
                  + " another link.");
      default ->
          ended("Already decided", "Somebody else decided on this mail, or it was cancelled.");
    };
  }

  private static ModelAndView ended(String title, String message) {
    return MessagePage.refused(HttpStatus.GONE, title, message, null);
  }

  private static ModelAndView unknown() {
    return MessagePage.refused(
        HttpStatus.NOT_FOUND,
        "Unknown link",
        "Nothing was changed: the link is incomplete, or its reviewer was removed. Copy the whole"
            + " address from the mail.",
        null);
  }

  private Link readable(String token) {
    return links
        .open(token)
        .filter(link -> link.state() == State.OPEN)
        .orElseThrow(() -> new ResourceNotFound("link"));
  }
}
