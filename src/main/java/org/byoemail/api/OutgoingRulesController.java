package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.operations.setup.OutgoingRuleDraft;
import org.byoemail.outbound.finding.OutgoingRule;
import org.byoemail.outbound.finding.OutgoingRuleRows;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The own rules of an organization for its outgoing mail. */
@RestController
@RequestMapping("/api/v1/outgoing-rules")
@Tag(name = "agents")
class OutgoingRulesController {
  private final OutgoingRuleRows rules;

  OutgoingRulesController(OutgoingRuleRows rules) {
    this.rules = rules;
  }

  /** A rule in a response. */
  @Schema(name = "OutgoingRule")
  record RuleResponse(
      UUID id,
      String organization,
      String name,
      @Schema(allowableValues = {"pattern", "words", "exempt"}) String kind,
      boolean ignoreCase,
      List<String> entries,
      Instant changedAt) {

    static RuleResponse of(OutgoingRule rule) {
      return new RuleResponse(
          rule.id(),
          rule.organization().value(),
          rule.name(),
          rule.kind().word(),
          rule.ignoreCase(),
          rule.entries(),
          rule.changedAt());
    }
  }

  /** What replaces the entries of a rule. */
  @Schema(name = "OutgoingRuleChange")
  record RuleChange(
      @Nullable @Schema(description = "of expressions; true unless given") Boolean ignoreCase,
      @Nullable @Schema(requiredMode = Schema.RequiredMode.REQUIRED) List<String> entries) {}

  /** All rules: their number is bounded. */
  @Schema(name = "OutgoingRules")
  record RulesResponse(List<RuleResponse> items) {}

  @GetMapping
  @Operation(
      operationId = "listOutgoingRules",
      summary = "List rules for outgoing mail",
      description =
          "The organization's own expressions, words and exempt values, by which the mail of agents"
              + " is examined whose sending policy names findings. At most 50 of an organization.")
  RulesResponse list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String organization) {
    return new RulesResponse(
        rules.list(RequestParams.organization(caller, organization)).stream()
            .map(RuleResponse::of)
            .toList());
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  @Operation(
      operationId = "createOutgoingRule",
      summary = "Add a rule for outgoing mail",
      description =
          "An expression is refused if it is invalid, matches the empty text, or is too large when"
              + " compiled. The rule applies from the next mail on.")
  RuleResponse add(@AuthenticationPrincipal Caller caller, @RequestBody OutgoingRuleDraft request) {
    return RuleResponse.of(
        request.addTo(rules, RequestParams.organizationOrDefault(caller, request.organization())));
  }

  @PutMapping("/{id}")
  @Operation(
      operationId = "changeOutgoingRule",
      summary = "Replace the entries of a rule for outgoing mail",
      description = "Name and kind stay. The change applies from the next mail on.")
  RuleResponse change(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestBody RuleChange request) {
    return RuleResponse.of(
        new OutgoingRuleDraft(null, null, null, request.ignoreCase(), request.entries())
            .change(rules, visible(caller, id)));
  }

  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(operationId = "deleteOutgoingRule", summary = "Delete a rule for outgoing mail")
  void delete(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    if (!rules.delete(visible(caller, id).id())) {
      throw new ResourceNotFound("outgoing rule");
    }
  }

  private OutgoingRule visible(Caller caller, UUID id) {
    return rules
        .find(id)
        .filter(rule -> caller.sees(rule.organization()))
        .orElseThrow(() -> new ResourceNotFound("outgoing rule"));
  }
}
