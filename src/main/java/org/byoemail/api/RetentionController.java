package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.ArrayList;
import java.util.List;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.operations.retention.RetentionPeriods;
import org.byoemail.operations.retention.Retentions;
import org.byoemail.operations.setup.FieldProblem;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.platform.access.Caller;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Retention periods of an organisation. */
@RestController
@RequestMapping("/api/v1/retention")
@Tag(name = "retention")
class RetentionController {
  private final Retentions retentions;

  RetentionController(Retentions retentions) {
    this.retentions = retentions;
  }

  /**
   * Days, 0 for ever.
   *
   * @param own what is set for the organisation; null where the gateway's settings apply
   * @param effective the periods that apply
   */
  @Schema(name = "Retention")
  record RetentionResponse(String organization, RetentionPeriods own, RetentionPeriods effective) {}

  /** Days, 0 for ever; null: the gateway's setting. */
  @Schema(name = "RetentionRequest")
  record RetentionRequest(
      @Nullable String organization,
      @Nullable Integer messages,
      @Nullable Integer events,
      @Nullable Integer attachments,
      @Nullable Integer rawMail,
      @Nullable Integer quarantine) {}

  @GetMapping
  @Operation(
      operationId = "getRetention",
      summary = "Get the retention periods",
      description = "For how many days an organization's data is kept; 0: for ever.")
  RetentionResponse get(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String organization) {
    return response(named(RequestParams.organization(caller, organization)));
  }

  @PutMapping
  @Operation(
      operationId = "setRetention",
      summary = "Set the retention periods",
      description =
          "Sets for how many days an organization's data is kept; 0: for ever, null: as the"
              + " settings of the gateway say. Older data is permanently deleted, starting in the"
              + " next minutes on.")
  RetentionResponse put(
      @AuthenticationPrincipal Caller caller, @RequestBody RetentionRequest request) {
    OrganizationId organization = named(RequestParams.organization(caller, request.organization()));
    List<FieldProblem> problems = new ArrayList<>();
    check("messages", request.messages(), problems);
    check("events", request.events(), problems);
    check("attachments", request.attachments(), problems);
    check("rawMail", request.rawMail(), problems);
    check("quarantine", request.quarantine(), problems);
    if (!problems.isEmpty()) {
      throw new FieldsRefused(problems);
    }
    retentions.set(
        organization,
        new RetentionPeriods(
            request.messages(),
            request.events(),
            request.attachments(),
            request.rawMail(),
            request.quarantine()));
    return response(organization);
  }

  private RetentionResponse response(OrganizationId organization) {
    return new RetentionResponse(
        organization.value(), retentions.own(organization), retentions.effective(organization));
  }

  private static OrganizationId named(@Nullable OrganizationId organization) {
    if (organization == null) {
      throw new FieldsRefused("organization", "must be named by a key of all organizations");
    }
    return organization;
  }

  private static void check(String field, @Nullable Integer days, List<FieldProblem> problems) {
    if (days != null && (days < 0 || days > RetentionPeriods.MAX_DAYS)) {
      problems.add(
          new FieldProblem(
              field, "must be 0 (for ever) to " + RetentionPeriods.MAX_DAYS + " days"));
    }
  }
}
