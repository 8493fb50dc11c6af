package org.byoemail.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResponseBudget;
import org.byoemail.platform.audit.AuditActor;
import org.byoemail.platform.audit.AuditEntry;
import org.byoemail.platform.audit.AuditFilter;
import org.byoemail.platform.audit.AuditLog;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The audit log. */
@RestController
@RequestMapping("/api/v1/audit")
@Tag(name = "audit")
class AuditController {
  /** 200 entries with long details. */
  private static final long PAGE_BYTES = 4 << 20;

  private final AuditLog audit;
  private final ResponseBudget budget;

  AuditController(AuditLog audit, ResponseBudget budget) {
    this.audit = audit;
    this.budget = budget;
  }

  /** An entry in a response. */
  @Schema(name = "AuditEntry")
  record AuditEntryResponse(
      UUID id,
      Instant at,
      @Nullable @Schema(description = "whose things were changed; null: the whole gateway")
          String organization,
      Actor actor,
      @Nullable @Schema(description = "address of the client, an IPv6 address by its /64")
          String client,
      @Schema(example = "account.changed") String action,
      @Nullable @Schema(description = "id of what was changed") UUID subject,
      @Schema(description = "names of the changed fields and harmless values; never a secret")
          JsonNode details) {

    static AuditEntryResponse of(AuditEntry entry) {
      AuditActor actor = entry.actor();
      return new AuditEntryResponse(
          entry.id(),
          entry.at(),
          OrganizationId.valueOrNull(entry.organization()),
          new Actor(actor.kind().word(), actor.id(), actor.name()),
          entry.client(),
          entry.action(),
          entry.subject(),
          entry.details());
    }
  }

  /** Who made the change. */
  @Schema(name = "AuditActor")
  record Actor(
      @Schema(allowableValues = {"user", "key", "link", "provider", "jmx", "gateway", "anonymous"})
          String kind,
      @Nullable @Schema(description = "of the API key or the connect link") UUID id,
      String name) {}

  @GetMapping
  @Operation(
      operationId = "listAuditEntries",
      summary = "List the audit log",
      description =
          "Who changed what, when and from where, the newest first. `actor` is a name, an id or a"
              + " kind; `action` is one such as `account.changed`, or `account.*` for all that"
              + " begin so; `subject` is the id of what was changed. A key of one organisation sees"
              + " its entries only, without names and addresses of the operator's people and keys.")
  Page<AuditEntryResponse> list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String organization,
      @RequestParam(required = false) @Nullable String since,
      @RequestParam(required = false) @Nullable String actor,
      @RequestParam(required = false) @Nullable String action,
      @RequestParam(required = false) @Nullable UUID subject,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    budget.take(PAGE_BYTES);
    int rows = RequestParams.limit(limit);
    return Page.of(
        audit.list(
            new AuditFilter(
                caller.organization(),
                RequestParams.organization(caller, organization),
                RequestParams.since(since),
                actor,
                action,
                subject),
            RequestParams.cursor(cursor),
            rows + 1),
        rows,
        AuditEntry::id,
        AuditEntryResponse::of);
  }
}
