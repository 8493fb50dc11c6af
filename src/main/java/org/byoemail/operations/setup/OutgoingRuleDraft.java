package org.byoemail.operations.setup;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Objects;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.outbound.finding.OutgoingRule;
import org.byoemail.outbound.finding.OutgoingRule.Kind;
import org.byoemail.outbound.finding.OutgoingRuleRows;
import org.jspecify.annotations.Nullable;

/**
 * A rule for outgoing mail as entered, not validated yet.
 *
 * @param ignoreCase null: true
 */
@Schema(name = "OutgoingRuleRequest")
public record OutgoingRuleDraft(
    @Nullable @Schema(description = "the organization; a key of one organization leaves it out")
        String organization,
    @Nullable
        @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            description = "unique in the organization; findings carry it")
        String name,
    @Nullable
        @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            allowableValues = {"pattern", "words", "exempt"},
            description =
                "pattern: regular expressions (RE2 syntax, matched in linear time) whose matches are"
                    + " findings; words: words and phrases that are findings; exempt: values that are"
                    + " no findings, such as the organization's own IBAN")
        String kind,
    @Nullable @Schema(description = "of expressions; true unless given") Boolean ignoreCase,
    @Nullable @Schema(requiredMode = Schema.RequiredMode.REQUIRED) List<String> entries) {
  private static final int MAX_NAME = 60;

  /**
   * Adds the rule.
   *
   * @throws FieldsRefused naming what is wrong
   */
  public OutgoingRule addTo(OutgoingRuleRows rules, OrganizationId owner) {
    FieldChecks checks = new FieldChecks();
    String line = checks.line("name", name, MAX_NAME);
    Kind read = kind == null ? missing(checks, "kind") : checks.read("kind", () -> Kind.of(kind));
    List<String> checked = entries(checks, read);
    checks.done();
    return rules.add(
        owner,
        Objects.requireNonNull(line),
        Objects.requireNonNull(read),
        isCaseIgnored(),
        checked);
  }

  /**
   * Replaces the entries of a rule, whose name and kind stay.
   *
   * @throws FieldsRefused naming what is wrong
   */
  public OutgoingRule change(OutgoingRuleRows rules, OutgoingRule rule) {
    FieldChecks checks = new FieldChecks();
    List<String> checked = entries(checks, rule.kind());
    checks.done();
    return rules.change(rule.id(), isCaseIgnored(), checked).orElse(rule);
  }

  private boolean isCaseIgnored() {
    return !Boolean.FALSE.equals(ignoreCase);
  }

  private List<String> entries(FieldChecks checks, @Nullable Kind of) {
    if (entries == null || entries.contains(null)) {
      missing(checks, "entries");
      return List.of();
    }
    List<String> stripped =
        entries.stream().map(String::strip).filter(entry -> !entry.isEmpty()).distinct().toList();
    if (stripped.stream().anyMatch(entry -> entry.indexOf('\0') >= 0)) {
      checks.refuse("entries", "has a NUL character");
    } else if (of != null) {
      checks.read(
          "entries",
          () -> {
            OutgoingRule.check(of, isCaseIgnored(), stripped);
            return stripped;
          });
    }
    return stripped;
  }

  private static @Nullable Kind missing(FieldChecks checks, String field) {
    checks.refuse(field, "is required");
    return null;
  }
}
