package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.UUID;
import org.byoemail.access.Caller;
import org.byoemail.bounce.Bounce;
import org.byoemail.bounce.Bounces;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What delivery reports said. */
@RestController
@RequestMapping("/api/v1/bounces")
@Tag(name = "bounces")
class BouncesController {
  private final Bounces bounces;

  BouncesController(Bounces bounces) {
    this.bounces = bounces;
  }

  /** What a report said of one recipient. */
  @Schema(name = "Bounce")
  record Shown(
      UUID id,
      UUID account,
      @Nullable UUID messageId,
      @Nullable UUID attemptId,
      String kind,
      @Nullable String recipient,
      @Nullable String action,
      @Nullable @Schema(description = "enhanced status code (RFC 3463)") String status,
      @Nullable String smtpReply,
      @Nullable String diagnostic,
      @Nullable String reportingMta,
      @Nullable String matchedBy,
      @Nullable String recipientMatch,
      @Schema(description = "the mail that reported it") UUID inboundMail,
      Instant createdAt) {

    static Shown of(Bounce bounce) {
      return new Shown(
          bounce.id(),
          bounce.account().value(),
          bounce.message(),
          bounce.attempt(),
          bounce.kind(),
          bounce.recipient(),
          bounce.action(),
          bounce.status(),
          bounce.smtpReply(),
          bounce.diagnostic(),
          bounce.reportingMta(),
          bounce.matchedBy(),
          bounce.recipientMatch(),
          bounce.inboundMail(),
          bounce.createdAt());
    }
  }

  @GetMapping
  Page<Shown> list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String organization,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    int rows = Asked.limit(limit);
    return Page.of(
        bounces.list(Organizations.of(caller, organization), Asked.cursor(cursor), rows + 1),
        rows,
        Bounce::id,
        Shown::of);
  }
}
