package org.byoemail.console;

import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.byoemail.account.registry.Accounts;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.bounce.Bounce;
import org.byoemail.outbound.bounce.Bounces;
import org.byoemail.outbound.delivery.MessageStatus;
import org.byoemail.outbound.finding.OutgoingFindings;
import org.byoemail.outbound.outbox.OutboundDetails;
import org.byoemail.outbound.outbox.Outbox;
import org.byoemail.outbound.outbox.OutboxEntry;
import org.byoemail.outbound.outbox.OutboxFilter;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The pages of outbound messages. */
@Controller
@RequestMapping("/console/outbox")
class OutboxPageController {
  private static final int PAGE_SIZE = 50;
  private static final Set<MessageStatus> CANCELLABLE =
      EnumSet.of(MessageStatus.QUEUED, MessageStatus.DEFERRED, MessageStatus.HELD);
  private static final Set<MessageStatus> RESENDABLE =
      EnumSet.of(MessageStatus.FAILED, MessageStatus.PARTIALLY_FAILED, MessageStatus.EXPIRED);

  private final Outbox outbox;
  private final Bounces bounces;
  private final OutgoingFindings findings;
  private final AccountChoices choices;
  private final Accounts accounts;

  OutboxPageController(
      Outbox outbox,
      Bounces bounces,
      OutgoingFindings findings,
      AccountChoices choices,
      Accounts accounts) {
    this.accounts = accounts;
    this.findings = findings;
    this.bounces = bounces;
    this.outbox = outbox;
    this.choices = choices;
  }

  /** A row of the list. */
  record Line(
      UUID id,
      Badge status,
      String from,
      String to,
      String subject,
      DisplayTime at,
      @Nullable DisplayTime dueAt,
      @Nullable String trouble) {

    static Line of(OutboxEntry entry) {
      return new Line(
          entry.messageId().value(),
          Badge.of(entry.status().word()),
          entry.from(),
          String.join(", ", entry.to()),
          entry.subject(),
          DisplayTime.of(entry.acceptedAt()),
          DisplayTime.ofNullable(entry.dueAt()),
          entry.heldReason() == null ? entry.error() : entry.heldReason());
    }
  }

  /** The result for one recipient. */
  record RecipientLine(
      String address,
      String kind,
      Badge status,
      @Nullable String enhancedStatus,
      @Nullable String diagnostic) {

    static RecipientLine of(OutboundDetails.Recipient one) {
      return new RecipientLine(
          one.address().value(),
          one.kind(),
          Badge.of(one.status().word()),
          one.enhancedStatus(),
          one.diagnostic());
    }
  }

  /** An attempt. */
  record AttemptLine(
      String id,
      int number,
      @Nullable String provider,
      Badge status,
      @Nullable String outcome,
      DisplayTime queuedAt,
      @Nullable DisplayTime endedAt,
      @Nullable String error,
      @Nullable String errorCode,
      @Nullable String reply) {

    static AttemptLine of(OutboundDetails.Attempt attempt) {
      Instant ended = attempt.failedAt();
      ended = ended == null ? attempt.deliveredAt() : ended;
      ended = ended == null ? attempt.sentAt() : ended;
      return new AttemptLine(
          attempt.id().toString(),
          attempt.tryNumber(),
          attempt.provider(),
          Badge.of(attempt.status()),
          attempt.outcome(),
          DisplayTime.of(attempt.queuedAt()),
          DisplayTime.ofNullable(ended),
          attempt.error(),
          attempt.errorCode(),
          attempt.smtpReply());
    }
  }

  @GetMapping
  String list(
      @RequestParam(required = false) @Nullable UUID account,
      @RequestParam(required = false) @Nullable String address,
      @RequestParam(required = false) @Nullable String status,
      @RequestParam(required = false) @Nullable UUID before,
      Model model) {
    AccountChoices.Choice choice = choices.of(account, address);
    MessageStatus requested =
        Arrays.stream(MessageStatus.values())
            .filter(one -> one.word().equals(status))
            .findFirst()
            .orElse(null);
    Page<Line> page =
        Page.of(
            choice.isOpen()
                ? List.of()
                : outbox.list(
                    new OutboxFilter(
                        Viewer.organization(),
                        choice.id(),
                        requested,
                        null,
                        before,
                        PAGE_SIZE + 1)),
            PAGE_SIZE,
            OutboxEntry::messageId,
            Line::of);
    model.addAttribute("lines", page.items());
    model.addAttribute("next", page.next());
    model.addAttribute("choice", choice);
    model.addAttribute("status", requested == null ? null : requested.word());
    model.addAttribute(
        "statuses", Arrays.stream(MessageStatus.values()).map(MessageStatus::word).toList());
    return "messages/outbox";
  }

  @GetMapping("/{id}")
  String show(@PathVariable UUID id, Model model) {
    StoredMessageId message = new StoredMessageId(id);
    OutboundDetails details =
        outbox.story(message).orElseThrow(() -> new ResourceNotFound("message"));
    model.addAttribute("message", MessageView.of(details.message(), details.attachments()));
    model.addAttribute("submission", details.submissionId());
    model.addAttribute("status", Badge.of(details.status().word()));
    model.addAttribute("held", details.heldReason());
    model.addAttribute("review", outbox.review(message).orElse(null));
    model.addAttribute("account", accounts.ofEndpoint(details.message().endpoint()).orElse(null));
    model.addAttribute("waiting", details.waiting());
    model.addAttribute(
        "nextAttemptAt",
        details.waiting() == null
            ? null
            : DisplayTime.ofNullable(details.waiting().nextAttemptAt()));
    model.addAttribute("expiresAt", DisplayTime.of(details.expiresAt()));
    model.addAttribute("cancels", CANCELLABLE.contains(details.status()));
    model.addAttribute("releases", details.heldReason() != null);
    model.addAttribute("resends", RESENDABLE.contains(details.status()));
    model.addAttribute("recipients", details.recipients().stream().map(RecipientLine::of).toList());
    List<Bounce> reports = bounces.ofMessage(message);
    model.addAttribute("bounces", reports.stream().map(BouncePageController.Line::of).toList());
    model.addAttribute(
        "delayed",
        details.recipients().stream()
            .filter(one -> Bounces.delayedSince(one.address(), one.status(), reports).isPresent())
            .map(one -> one.address().value())
            .toList());
    model.addAttribute("findings", findings.of(message, true));
    model.addAttribute("attempts", details.attempts().stream().map(AttemptLine::of).toList());
    return "messages/sent";
  }

  @PostMapping("/{id}/cancel")
  String cancel(@PathVariable UUID id, RedirectAttributes flash) {
    return run(id, flash, "Cancelled.", outbox::cancel);
  }

  @PostMapping("/{id}/release")
  String release(@PathVariable UUID id, RedirectAttributes flash) {
    return run(id, flash, "Released. It is sent now.", outbox::release);
  }

  @PostMapping("/{id}/resend")
  String resend(@PathVariable UUID id, RedirectAttributes flash) {
    return run(id, flash, "Sending again to the recipients that it did not reach.", outbox::resend);
  }

  private static String run(
      UUID id, RedirectAttributes flash, String done, Predicate<StoredMessageId> action) {
    return FlashActions.run(
        flash,
        "/console/outbox/" + id,
        done,
        () -> {
          if (!action.test(new StoredMessageId(id))) {
            throw new ResourceNotFound("message");
          }
        });
  }
}
