package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.UUID;
import org.byoemail.inbound.ingest.InboundStatus;
import org.byoemail.inbound.ingest.Inbox;
import org.byoemail.inbound.ingest.InboxEntry;
import org.byoemail.inbound.ingest.InboxFilter;
import org.byoemail.inbound.ingest.Quarantine;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Mails that could not be processed; their raw mail is at {@code /messages/{id}/raw}. */
@RestController
@RequestMapping("/api/v1/quarantine")
@Tag(name = "quarantine")
class QuarantineController {
  private final Inbox inbox;
  private final Quarantine quarantine;

  QuarantineController(Inbox inbox, Quarantine quarantine) {
    this.inbox = inbox;
    this.quarantine = quarantine;
  }

  /** Processes the mail again; 202 if it has to be fetched first. */
  @PostMapping("/{id}/retry")
  @Operation(operationId = "retryQuarantinedMail", summary = "Process a mail in quarantine again")
  @ApiResponse(
      responseCode = "200",
      description = "It was processed.",
      content = @Content(schema = @Schema(implementation = InboundMailResponse.class)))
  @ApiResponse(
      responseCode = "202",
      description = "It is fetched again first.",
      content = @Content(schema = @Schema(implementation = InboundMailResponse.class)))
  ResponseEntity<InboundMailResponse> retry(
      @AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    InboxEntry item =
        quarantine
            .retry(RequestParams.organization(caller, null), id)
            .orElseThrow(() -> new ResourceNotFound("mail"));
    HttpStatus status = item.refetchAt() == null ? HttpStatus.OK : HttpStatus.ACCEPTED;
    return ResponseEntity.status(status).body(InboundMailResponse.of(item));
  }

  @GetMapping
  @Operation(operationId = "listQuarantine", summary = "List the mails in quarantine")
  Page<InboundMailResponse> list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String organization,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    int rows = RequestParams.limit(limit);
    return Page.of(
        inbox.list(
            new InboxFilter(
                RequestParams.organization(caller, organization),
                null,
                InboundStatus.QUARANTINED,
                null,
                RequestParams.cursor(cursor)),
            rows + 1),
        rows,
        InboxEntry::id,
        InboundMailResponse::of);
  }
}
