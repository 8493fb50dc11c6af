package org.byoemail.console;

import java.util.List;
import java.util.UUID;
import org.byoemail.bounce.Bounce;
import org.byoemail.bounce.Bounces;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** What delivery reports said. */
@Controller
class BouncePages {
  private static final int PAGE = 50;

  private final Bounces bounces;

  BouncePages(Bounces bounces) {
    this.bounces = bounces;
  }

  /** A line of the list. */
  record Line(
      UUID id,
      Badge kind,
      @Nullable String recipient,
      @Nullable String status,
      @Nullable String words,
      @Nullable UUID message,
      UUID inboundMail,
      @Nullable String matchedBy,
      @Nullable String reportingMta,
      Moment at) {

    static Line of(Bounce bounce) {
      return new Line(
          bounce.id(),
          Badge.of(bounce.kind()),
          bounce.recipient(),
          bounce.status(),
          bounce.smtpReply() == null ? bounce.diagnostic() : bounce.smtpReply(),
          bounce.message(),
          bounce.inboundMail(),
          bounce.matchedBy(),
          bounce.reportingMta(),
          Moment.of(bounce.createdAt()));
    }
  }

  @GetMapping("/console/bounces")
  String list(@RequestParam(required = false) @Nullable UUID before, Model model) {
    Part<Bounce> part = Part.of(bounces.list(null, before, PAGE + 1), PAGE);
    List<Line> lines = part.rows().stream().map(Line::of).toList();
    model.addAttribute("lines", lines);
    model.addAttribute("next", part.hasMore() ? lines.get(PAGE - 1).id() : null);
    return "bounces";
  }
}
