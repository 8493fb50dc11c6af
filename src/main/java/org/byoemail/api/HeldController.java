package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.inbound.ingest.HeldMails;
import org.byoemail.inbound.ingest.InboundStatus;
import org.byoemail.inbound.ingest.Inbox;
import org.byoemail.inbound.ingest.InboxEntry;
import org.byoemail.inbound.ingest.InboxFilter;
import org.byoemail.inbound.ingest.TrustedWayInvalid;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Downloads;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Inbound mails of contacts that are held for review, since their sender is not proven. */
@RestController
@RequestMapping("/api/v1/held")
@Tag(name = "held")
class HeldController {
  private final Inbox inbox;
  private final HeldMails held;

  HeldController(Inbox inbox, HeldMails held) {
    this.inbox = inbox;
    this.held = held;
  }

  /**
   * A mail that is or was held.
   *
   * @param status held, or what became of it
   * @param from whom it claims to come from
   * @param because why it is or was held: sender, junk, malware, scanner or finding
   * @param reason the same in a sentence
   * @param offers ways to trust, as this mail came
   * @param message the message that it became
   */
  @Schema(name = "HeldMail")
  record HeldMailResponse(
      UUID id,
      UUID account,
      String status,
      @Nullable String from,
      @Nullable String subject,
      @Nullable String because,
      @Nullable String reason,
      @Nullable SenderResponse sender,
      long size,
      List<TrustRequest> offers,
      @Nullable UUID message,
      @Nullable Instant heldAt,
      @Nullable Instant receivedAt) {
    static HeldMailResponse of(InboxEntry item) {
      return new HeldMailResponse(
          item.id(),
          item.account().value(),
          item.status().word(),
          item.sender(),
          item.subject(),
          item.judged() == null || item.judged().heldBecause() == null
              ? null
              : item.judged().heldBecause().word(),
          item.reason(),
          SenderResponse.of(item.judged()),
          item.size(),
          HeldMails.offers(item).stream()
              .map(
                  one ->
                      new TrustRequest(
                          false, one.signer(), one.envelope(), one.list(), one.invitation()))
              .toList(),
          StoredMessageId.valueOrNull(item.message()),
          item.judged() == null ? null : item.judged().heldAt(),
          item.receivedAt());
    }
  }

  /** Which unproven mails are let in; null means all. */
  @Schema(name = "ReleaseUnproven")
  record ReleaseRequest(
      @Nullable UUID account,
      @Nullable @Schema(description = "an address (a@x) or a domain (@x)") String sender) {}

  /** How many were let in. */
  @Schema(name = "ReleasedMails")
  record ReleaseResponse(int released) {}

  /** A way to trust; what is null is not asked for. */
  @Schema(name = "TrustRequest")
  record TrustRequest(
      @Nullable @Schema(description = "for all addresses of the sender's domain; default false")
          Boolean wholeDomain,
      @Nullable @Schema(description = "domain of a signature that passes; * stands for one label")
          String signer,
      @Nullable
          @Schema(description = "envelope domain for which the receiving server says spf=pass")
          String envelope,
      @Nullable @Schema(description = "List-Id, besides signer or envelope") String list,
      @Nullable
          @Schema(
              description =
                  "only mail that carries an invitation (text/calendar); with it, signer google.com"
                      + " needs no envelope. Default false")
          Boolean invitation) {}

  @GetMapping
  @Operation(operationId = "listHeldMails", summary = "List the mails held for review")
  Page<HeldMailResponse> list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String organization,
      @RequestParam(required = false) @Nullable UUID account,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    int rows = RequestParams.limit(limit);
    return Page.of(
        inbox.list(
            new InboxFilter(
                RequestParams.organization(caller, organization),
                caller.scope(),
                account == null ? null : new AccountId(account),
                InboundStatus.HELD,
                null,
                RequestParams.cursor(cursor)),
            rows + 1),
        rows,
        InboxEntry::id,
        HeldMailResponse::of);
  }

  @GetMapping("/{id}")
  @Operation(operationId = "getHeldMail", summary = "Get a held mail")
  HeldMailResponse get(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    return HeldMailResponse.of(find(caller, id));
  }

  @GetMapping("/{id}/raw")
  @Operation(
      operationId = "getRawHeldMail",
      summary = "Download a held mail",
      description = "The mail itself (message/rfc822), for the person who reviews it.")
  @ApiResponse(
      responseCode = "200",
      description = "The mail.",
      content =
          @Content(
              mediaType = "message/rfc822",
              schema = @Schema(type = "string", format = "binary")))
  ResponseEntity<Resource> raw(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    InputStream mail =
        inbox
            .raw(find(caller, id))
            .orElseThrow(() -> new ResourceNotFound("raw mail: it is not stored"));
    return Downloads.answer(id + ".eml", "message/rfc822", -1, mail);
  }

  @PostMapping("/{id}/release")
  @Operation(
      operationId = "releaseHeldMail",
      summary = "Let a held mail in",
      description = "Lets the mail in, whatever its verdict.")
  HeldMailResponse release(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    return held.release(caller.organization(), find(caller, id).id())
        .map(HeldMailResponse::of)
        .orElseThrow(() -> new ResourceNotFound("held mail"));
  }

  @PostMapping("/{id}/discard")
  @Operation(
      operationId = "discardHeldMail",
      summary = "Discard a held mail",
      description = "Discards the mail: it is recorded as refused, and stays in its mailbox.")
  HeldMailResponse discard(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    return held.discard(caller.organization(), find(caller, id).id())
        .map(HeldMailResponse::of)
        .orElseThrow(() -> new ResourceNotFound("held mail"));
  }

  @PostMapping("/{id}/trust")
  @Operation(
      operationId = "trustHeldMail",
      summary = "Trust the way a held mail came",
      description =
          "Trusts mail of this sender that comes as this one came, then judges what is held of it"
              + " again.")
  HeldMailResponse trust(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestBody TrustRequest request) {
    try {
      return held.trust(
              caller.organization(),
              id,
              new HeldMails.Trust(
                  Boolean.TRUE.equals(request.wholeDomain()),
                  request.signer(),
                  request.envelope(),
                  request.list(),
                  Boolean.TRUE.equals(request.invitation())))
          .map(HeldMailResponse::of)
          .orElseThrow(() -> new ResourceNotFound("held mail"));
    } catch (TrustedWayInvalid e) {
      throw new FieldsRefused(e.field(), String.valueOf(e.getMessage()));
    }
  }

  @PostMapping("/release")
  @Operation(
      operationId = "releaseHeldMails",
      summary = "Let in every held mail that matches",
      description =
          "Lets in up to 100 unproven mails, the oldest first. Forged and undecided ones stay"
              + " held.")
  ReleaseResponse releaseUnproven(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String organization,
      @RequestBody ReleaseRequest request) {
    return new ReleaseResponse(
        held.releaseUnproven(
            RequestParams.organization(caller, organization), request.account(), request.sender()));
  }

  /** A mail that is, or was, held. */
  private InboxEntry find(Caller caller, UUID id) {
    return inbox
        .find(caller.organization(), id)
        .filter(item -> item.judged() != null && item.judged().heldAt() != null)
        .filter(item -> inbox.isWithin(caller.scope(), item))
        .orElseThrow(() -> new ResourceNotFound("held mail"));
  }
}
