package org.byoemail.console;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.byoemail.format.mail.StateConflict;
import org.byoemail.outbound.outbox.ReasonMissing;
import org.byoemail.outbound.outbox.ReviewDesk;
import org.byoemail.outbound.outbox.ReviewDesk.Edits;
import org.byoemail.outbound.outbox.ReviewForbidden;
import org.byoemail.outbound.review.Review;
import org.byoemail.outbound.review.ReviewProposals;
import org.byoemail.outbound.review.Reviews;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Downloads;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.conversation.Attachments;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Pages of mail that waits for a person before it is sent. */
@Controller
@RequestMapping("/console/reviews")
class ReviewPageController {
  private static final String PATH = "/console/reviews";
  private static final int PAGE_SIZE = 50;
  private static final int MAX_COMPARED = 10;
  private static final int MAX_LINES = 4;
  private static final int MAX_LINE = 160;

  private final ReviewDesk desk;
  private final Attachments attachments;
  private final ReviewProposals proposals;

  ReviewPageController(ReviewDesk desk, Attachments attachments, ReviewProposals proposals) {
    this.proposals = proposals;
    this.desk = desk;
    this.attachments = attachments;
  }

  /**
   * A mail of a group.
   *
   * @param differs lines that the first mail of the group does not have
   */
  record Line(
      UUID id,
      int version,
      String subject,
      String recipients,
      DisplayTime requestedAt,
      DisplayTime expiresAt,
      List<String> differs) {}

  /**
   * Mails that are alike.
   *
   * @param bulk whether they may be decided together
   */
  record Group(String why, boolean findings, boolean bulk, List<Line> lines) {}

  /**
   * A recipient.
   *
   * @param explanation where the address comes from, as the end of a sentence that begins with it
   */
  record RecipientLine(String address, String explanation, boolean vouched) {}

  /** A version of a mail. */
  record VersionLine(
      int number,
      String madeBy,
      String subject,
      String recipients,
      String hash,
      DisplayTime createdAt) {}

  /** A decision. */
  record DecisionLine(
      int version, String decision, String name, @Nullable String reason, DisplayTime decidedAt) {}

  @GetMapping
  String list(@RequestParam(required = false) @Nullable UUID after, Model model) {
    Page<Review> page =
        Page.of(
            desk.list(
                new Reviews.Filter(Viewer.organization(), null, "requested", null, null),
                after,
                PAGE_SIZE + 1),
            PAGE_SIZE,
            Review::id,
            one -> one);
    Map<String, List<Review>> alike = new LinkedHashMap<>();
    for (Review one : page.items()) {
      alike
          // One with findings is looked at alone.
          .computeIfAbsent(
              one.hasFindings() ? one.id().toString() : one.alike(), none -> new ArrayList<>())
          .add(one);
    }
    model.addAttribute(
        "proposals",
        proposals.list(
            Viewer.organization(),
            null,
            page.items().stream().map(one -> one.agent().value()).collect(Collectors.toSet())));
    model.addAttribute("alike", alike.values().stream().map(this::group).toList());
    model.addAttribute("next", page.next());
    return "reviews/list";
  }

  private Group group(List<Review> alike) {
    Review first = alike.get(0);
    List<String> text = alike.size() == 1 ? List.of() : text(first);
    List<Line> lines = new ArrayList<>();
    for (Review one : alike) {
      boolean isCompared = one != first && lines.size() < MAX_COMPARED;
      lines.add(
          new Line(
              one.id(),
              one.version().number(),
              one.version().subject(),
              String.join(", ", one.version().recipients()),
              DisplayTime.of(one.requestedAt()),
              DisplayTime.of(one.expiresAt()),
              isCompared ? differing(Set.copyOf(text), text(one)) : List.of()));
    }
    // What was not compared is not decided without a look at it.
    boolean bulk = alike.size() > 1 && alike.size() <= MAX_COMPARED && !first.hasFindings();
    return new Group(why(first), first.hasFindings(), bulk, lines);
  }

  private List<String> text(Review review) {
    String text = desk.details(review).message().text();
    return text == null ? List.of() : text.lines().map(String::strip).toList();
  }

  private static List<String> differing(Set<String> first, List<String> other) {
    return other.stream()
        .filter(line -> !first.contains(line))
        .limit(MAX_LINES)
        .map(line -> line.length() > MAX_LINE ? line.substring(0, MAX_LINE) + "…" : line)
        .toList();
  }

  private static String why(Review review) {
    return review.reasons().stream()
        .map(Review.Reason::reason)
        .filter(reason -> !reason.isEmpty())
        .collect(Collectors.joining("; "));
  }

  @GetMapping("/{id}")
  String show(@AuthenticationPrincipal Caller caller, @PathVariable UUID id, Model model) {
    ReviewDesk.Details details = desk.details(find(caller, id));
    Review review = details.review();
    model.addAttribute("review", review);
    model.addAttribute("state", Badge.of(review.state()));
    model.addAttribute("why", review.reasons());
    model.addAttribute(
        "recipients",
        desk.origins(details).entrySet().stream()
            .map(
                one ->
                    new RecipientLine(
                        one.getKey().value(),
                        one.getValue().explanation(),
                        one.getValue().isVouched()))
            .toList());
    model.addAttribute("requestedAt", DisplayTime.of(review.requestedAt()));
    model.addAttribute("expiresAt", DisplayTime.of(review.expiresAt()));
    model.addAttribute(
        "message",
        MessageView.of(details.message(), attachments.ofMessage(details.message().id())));
    // A text that was cut would lose its end if it were edited here.
    String text = details.message().text();
    model.addAttribute(
        "editable",
        details.message().html() == null
            && text != null
            && text.length() < org.byoemail.platform.conversation.Messages.EXCERPT);
    model.addAttribute(
        "versions",
        details.versions().stream()
            .map(
                one ->
                    new VersionLine(
                        one.number(),
                        one.madeBy(),
                        one.subject(),
                        String.join(", ", one.recipients()),
                        one.hash(),
                        DisplayTime.of(one.createdAt())))
            .toList());
    model.addAttribute(
        "decisions",
        details.decisions().stream()
            .map(
                one ->
                    new DecisionLine(
                        one.version(),
                        one.decision(),
                        one.name(),
                        one.reason(),
                        DisplayTime.of(one.decidedAt())))
            .toList());
    return "reviews/show";
  }

  @GetMapping("/{id}/versions/{version}/raw")
  ResponseEntity<Resource> raw(
      @AuthenticationPrincipal Caller caller, @PathVariable UUID id, @PathVariable int version) {
    return Downloads.answer(
        id + "-" + version + ".eml",
        "message/rfc822",
        -1,
        desk.open(find(caller, id), version).orElseThrow(() -> new ResourceNotFound("version")));
  }

  @PostMapping("/{id}/approve")
  String approve(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestParam int version,
      @RequestParam(required = false) @Nullable String subject,
      @RequestParam(required = false) @Nullable String text,
      @RequestParam(defaultValue = "false") boolean vouch,
      RedirectAttributes flash) {
    return decided(
        flash,
        PATH + "/" + id,
        () -> {
          Review after =
              desk.approve(
                  caller, find(caller, id), version, edits(id, caller, subject, text), vouch);
          flash.addFlashAttribute(
              "done",
              after.isOpen()
                  ? "Approved. A second person must approve it, too."
                  : "Approved. It is sent when it is due.");
        });
  }

  private Edits edits(UUID id, Caller caller, @Nullable String subject, @Nullable String text) {
    if (subject == null || text == null) {
      return new Edits(null, null, null);
    }
    ReviewDesk.Details now = desk.details(find(caller, id));
    // Browsers send line ends as CR LF.
    String written = text.replace("\r\n", "\n");
    String before = now.message().text() == null ? "" : now.message().text().replace("\r\n", "\n");
    String line = subject.replaceAll("\\p{Cntrl}", " ").strip();
    return new Edits(
        line.equals(now.message().subject()) ? null : line,
        written.equals(before) ? null : written,
        null);
  }

  @PostMapping("/{id}/reject")
  String reject(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestParam int version,
      @RequestParam String reason,
      RedirectAttributes flash) {
    return decided(
        flash,
        PATH + "/" + id,
        () -> {
          desk.reject(caller, find(caller, id), version, ReviewDesk.reason(reason));
          flash.addFlashAttribute("done", "Rejected: it is not sent.");
        });
  }

  /**
   * Approves mails that are alike.
   *
   * @param mails each as {@code <id>:<version>}
   */
  @PostMapping("/approve")
  String approveAlike(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(name = "mail", required = false) @Nullable List<String> mails,
      RedirectAttributes flash) {
    return decided(
        flash,
        PATH,
        () ->
            decideAlike(
                caller,
                mails,
                "approved",
                (review, version) ->
                    desk.approve(caller, review, version, new Edits(null, null, null), false),
                flash));
  }

  /**
   * Rejects similar mails for one reason.
   *
   * @param mails each as {@code <id>:<version>}
   */
  @PostMapping("/reject")
  String rejectAlike(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(name = "mail", required = false) @Nullable List<String> mails,
      @RequestParam(defaultValue = "") String reason,
      RedirectAttributes flash) {
    return decided(
        flash,
        PATH,
        () -> {
          String line = ReviewDesk.reason(reason);
          decideAlike(
              caller,
              mails,
              "rejected",
              (review, version) -> desk.reject(caller, review, version, line),
              flash);
        });
  }

  private void decideAlike(
      Caller caller,
      @Nullable List<String> mails,
      String word,
      BiConsumer<Review, Integer> decision,
      RedirectAttributes flash) {
    List<String> chosen = mails == null ? List.of() : mails.stream().limit(MAX_COMPARED).toList();
    int done = 0;
    List<String> refused = new ArrayList<>();
    String alike = null;
    for (String mail : chosen) {
      String[] parts = mail.split(":", 2);
      try {
        Review review = find(caller, UUID.fromString(parts[0]));
        alike = alike == null ? review.alike() : alike;
        if (review.hasFindings() || !alike.equals(review.alike())) {
          refused.add(review.version().subject() + ": look at it alone");
          continue;
        }
        decision.accept(review, Integer.parseInt(parts[1]));
        done++;
      } catch (StateConflict | ReviewForbidden e) {
        refused.add(e.getMessage());
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        refused.add("a mail was not named");
      }
    }
    if (chosen.isEmpty()) {
      flash.addFlashAttribute("refused", "Nothing was decided: choose at least one mail.");
    } else {
      flash.addFlashAttribute("done", done + " " + word + ".");
    }
    if (!refused.isEmpty()) {
      flash.addFlashAttribute("refused", String.join("; ", refused));
    }
  }

  private static String decided(RedirectAttributes flash, String path, Runnable action) {
    try {
      return FlashActions.run(flash, path, null, action);
    } catch (ReasonMissing | ReviewForbidden e) {
      flash.addFlashAttribute("refused", e.getMessage());
      return "redirect:" + path;
    }
  }

  private Review find(Caller caller, UUID id) {
    return desk.find(caller, id).orElseThrow(() -> new ResourceNotFound("review"));
  }
}
