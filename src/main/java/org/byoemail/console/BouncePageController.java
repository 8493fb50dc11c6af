package org.byoemail.console;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.bounce.Bounce;
import org.byoemail.outbound.bounce.BounceFilter;
import org.byoemail.outbound.bounce.Bounces;
import org.byoemail.outbound.outbox.OutboundDetails;
import org.byoemail.outbound.outbox.Outbox;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;

/** The pages of delivery reports, complaints and receipts. */
@Controller
class BouncePageController {
  private static final int PAGE_SIZE = 50;

  private final Bounces bounces;
  private final Outbox outbox;
  private final ReportText texts;

  BouncePageController(Bounces bounces, Outbox outbox, ReportText texts) {
    this.bounces = bounces;
    this.outbox = outbox;
    this.texts = texts;
  }

  /** A row of the list. */
  record Line(
      UUID id,
      Badge kind,
      @Nullable String recipient,
      @Nullable String address,
      @Nullable String status,
      @Nullable String reason,
      boolean permanent,
      @Nullable String words,
      @Nullable UUID message,
      @Nullable UUID inboundMail,
      @Nullable String matchedBy,
      @Nullable String recipientMatch,
      boolean changed,
      @Nullable String strength,
      @Nullable String rule,
      @Nullable String reportingMta,
      DisplayTime at) {

    static Line of(Bounce bounce) {
      return new Line(
          bounce.id(),
          kind(bounce.kind()),
          bounce.recipient() == null ? bounce.address() : bounce.recipient(),
          bounce.address(),
          bounce.status(),
          bounce.reason() == null ? bounce.complaint() : bounce.reason(),
          bounce.permanent(),
          bounce.diagnostic() == null ? bounce.smtpReply() : bounce.diagnostic(),
          StoredMessageId.valueOrNull(bounce.message()),
          bounce.inboundMail(),
          bounce.matchedBy(),
          bounce.recipientMatch(),
          bounce.changed(),
          bounce.strength(),
          bounce.rule(),
          bounce.reportingMta(),
          DisplayTime.of(bounce.createdAt()));
    }

    private static Badge kind(String word) {
      return switch (word) {
        case "arf" -> Badge.bad("complaint");
        case "mdn" -> Badge.good("receipt");
        default -> Badge.of(word);
      };
    }
  }

  /** The kinds that can be selected, with their labels. */
  private static final Map<String, String> KINDS = kinds();

  private static Map<String, String> kinds() {
    Map<String, String> kinds = new LinkedHashMap<>();
    kinds.put("failed", "failed");
    kinds.put("delayed", "delayed");
    kinds.put("success", "success");
    kinds.put("arf", "complaint");
    kinds.put("mdn", "receipt");
    return kinds;
  }

  @GetMapping("/console/bounces")
  String list(
      @RequestParam(required = false) @Nullable String kind,
      @RequestParam(required = false) @Nullable UUID before,
      Model model) {
    String requested = kind == null || !KINDS.containsKey(kind) ? null : kind;
    Page<Line> page =
        Page.of(
            bounces.list(
                new BounceFilter(Viewer.organization(), null, null, null, requested, null),
                before,
                PAGE_SIZE + 1),
            PAGE_SIZE,
            Bounce::id,
            Line::of);
    model.addAttribute("lines", page.items());
    model.addAttribute("next", page.next());
    model.addAttribute("kinds", KINDS);
    model.addAttribute("kind", requested);
    return "bounces";
  }

  /** The report, with the message that it is about. */
  @GetMapping("/console/bounces/{id}")
  String show(@PathVariable UUID id, Model model) {
    Bounce bounce = bounces.find(null, null, id).orElseThrow(() -> new ResourceNotFound("bounce"));
    Optional<OutboundDetails> details =
        bounce.message() == null ? Optional.empty() : outbox.story(bounce.message());
    model.addAttribute("bounce", Line.of(bounce));
    model.addAttribute(
        "words", Optional.ofNullable(bounce.inboundMail()).flatMap(texts::of).orElse(null));
    model.addAttribute(
        "message",
        details.map(one -> MessageView.of(one.message(), one.attachments())).orElse(null));
    model.addAttribute("status", details.map(one -> Badge.of(one.status().word())).orElse(null));
    model.addAttribute(
        "recipients",
        details.map(OutboundDetails::recipients).orElse(List.of()).stream()
            .map(OutboxPageController.RecipientLine::of)
            .toList());
    model.addAttribute(
        "attempt",
        details.map(OutboundDetails::attempts).orElse(List.of()).stream()
            .filter(one -> one.id().value().equals(bounce.attempt()))
            .map(OutboxPageController.AttemptLine::of)
            .findFirst()
            .orElse(null));
    return "bounce";
  }
}
