package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.operations.setup.AgentSetup;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.operations.setup.SendingPolicyDraft;
import org.byoemail.platform.access.Caller;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The sending policy that the agents of an organization cannot undercut. */
@RestController
@RequestMapping("/api/v1/sending-policy")
@Tag(name = "agents")
class SendingPolicyController {
  private final AgentSetup setup;

  SendingPolicyController(AgentSetup setup) {
    this.setup = setup;
  }

  /** The minimum of an organization. */
  @Schema(name = "OrganizationSendingPolicy")
  record Minimum(String organization, SendingPolicyDraft sendingPolicy) {}

  /** What is to be the minimum. */
  @Schema(name = "OrganizationSendingPolicyRequest")
  record MinimumRequest(
      @Nullable String organization,
      @Schema(requiredMode = Schema.RequiredMode.REQUIRED)
          @Nullable SendingPolicyDraft sendingPolicy) {}

  @GetMapping
  @Operation(
      operationId = "getSendingPolicy",
      summary = "Get an organization's sending policy",
      description = "What the sending policies of the organization's agents cannot undercut.")
  Minimum get(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String organization) {
    return minimum(named(RequestParams.organization(caller, organization)));
  }

  @PutMapping
  @Operation(
      operationId = "setSendingPolicy",
      summary = "Set an organization's sending policy",
      description =
          "Sets what the sending policies of the organization's agents cannot undercut: of the"
              + " agent's policy and this one, the stricter applies, field by field. Mail that is"
              + " queued or scheduled is decided again before it is sent.")
  Minimum put(@AuthenticationPrincipal Caller caller, @RequestBody MinimumRequest request) {
    OrganizationId organization = named(RequestParams.organization(caller, request.organization()));
    if (request.sendingPolicy() == null) {
      throw new FieldsRefused("sendingPolicy", "is required");
    }
    setup.setMinimum(organization, request.sendingPolicy());
    return minimum(organization);
  }

  private Minimum minimum(OrganizationId organization) {
    return new Minimum(organization.value(), SendingPolicyDraft.of(setup.minimum(organization)));
  }

  private static OrganizationId named(@Nullable OrganizationId organization) {
    if (organization == null) {
      throw new FieldsRefused("organization", "must be named by a key of all organizations");
    }
    return organization;
  }
}
