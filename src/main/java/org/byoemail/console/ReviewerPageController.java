package org.byoemail.console;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.operations.setup.ReviewerSetup;
import org.byoemail.outbound.outbox.ReviewDesk;
import org.byoemail.outbound.outbox.ReviewMailing;
import org.byoemail.outbound.review.MailReviewer;
import org.byoemail.outbound.review.MailReviewers;
import org.byoemail.outbound.review.ReviewMails;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The page of the people who are asked by mail to decide on reviews. */
@Controller
@RequestMapping("/console/reviewers")
class ReviewerPageController {
  private static final String PATH = "/console/reviewers";
  private static final int PAGE_SIZE = 50;

  private final ReviewerSetup setup;
  private final MailReviewers reviewers;
  private final ReviewMails mails;
  private final ReviewMailing mailing;

  ReviewerPageController(
      ReviewerSetup setup, MailReviewers reviewers, ReviewMails mails, ReviewMailing mailing) {
    this.setup = setup;
    this.reviewers = reviewers;
    this.mails = mails;
    this.mailing = mailing;
  }

  /** A row of the list. */
  record Line(
      UUID id,
      String address,
      String organization,
      String agents,
      boolean byCode,
      boolean locked,
      boolean confirmed,
      @Nullable String lastError,
      DisplayTime createdAt) {}

  @GetMapping
  String list(@RequestParam(required = false) @Nullable UUID after, Model model) {
    List<MailReviewer> found = reviewers.list(Viewer.organization(), after, PAGE_SIZE + 1);
    Map<UUID, ReviewMails.State> states = mails.states(found);
    Page<Line> page =
        Page.of(
            found,
            PAGE_SIZE,
            MailReviewer::id,
            one -> line(one, states.getOrDefault(one.id(), ReviewMails.State.NONE)));
    model.addAttribute("lines", page.items());
    model.addAttribute("next", page.next());
    model.addAttribute("missing", mailing.missing());
    return "reviews/reviewers";
  }

  private static Line line(MailReviewer one, ReviewMails.State state) {
    return new Line(
        one.id(),
        one.address().value(),
        one.organization().value(),
        one.agents().isEmpty() ? "every agent" : one.agents().size() + " agents",
        one.byCode(),
        state.locked(),
        one.confirmedAt() != null,
        state.lastError(),
        DisplayTime.of(one.createdAt()));
  }

  @PostMapping
  String create(
      @AuthenticationPrincipal Caller caller,
      @RequestParam String address,
      @RequestParam(defaultValue = "") String organization,
      @RequestParam(defaultValue = "") String agents,
      @RequestParam(defaultValue = "login") String decidesBy,
      RedirectAttributes flash) {
    return FlashActions.run(
        flash,
        PATH,
        null,
        () -> {
          MailReviewers.NewReviewer created =
              setup.create(
                  OrganizationField.orDefault(organization),
                  new ReviewerSetup.Draft(address, ids(agents), decidesBy),
                  ReviewDesk.idOf(caller));
          flash.addFlashAttribute("code", created.code());
          flash.addFlashAttribute(
              "done",
              created.reviewer().address().value()
                  + " is sent a link, and is asked once it is confirmed there.");
        });
  }

  private static List<UUID> ids(String text) {
    try {
      return Arrays.stream(text.split("[\\s,]+"))
          .filter(word -> !word.isEmpty())
          .map(UUID::fromString)
          .toList();
    } catch (IllegalArgumentException e) {
      throw new FieldsRefused("agents", "must be ids of agents, separated by commas");
    }
  }

  @PostMapping("/{id}/code")
  String renew(
      @AuthenticationPrincipal Caller caller, @PathVariable UUID id, RedirectAttributes flash) {
    MailReviewer reviewer = find(id);
    return FlashActions.run(
        flash,
        PATH,
        null,
        () -> flash.addFlashAttribute("code", setup.renewCode(reviewer, ReviewDesk.idOf(caller))));
  }

  @PostMapping("/{id}/confirmation")
  String confirmation(@PathVariable UUID id, RedirectAttributes flash) {
    MailReviewer reviewer = find(id);
    return FlashActions.run(
        flash,
        PATH,
        reviewer.address().value() + " is sent another link.",
        () -> setup.askToConfirm(reviewer));
  }

  @PostMapping("/{id}/delete")
  String delete(@PathVariable UUID id, RedirectAttributes flash) {
    MailReviewer reviewer = find(id);
    return FlashActions.run(
        flash,
        PATH,
        reviewer.address().value() + " is no longer asked.",
        () -> setup.remove(reviewer));
  }

  private MailReviewer find(UUID id) {
    return reviewers
        .find(id)
        .filter(one -> Viewer.sees(one.organization()))
        .orElseThrow(() -> new ResourceNotFound("reviewer"));
  }
}
