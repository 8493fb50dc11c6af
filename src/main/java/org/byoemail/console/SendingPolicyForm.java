package org.byoemail.console;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.byoemail.account.registry.QuotaRule.Limit;
import org.byoemail.account.registry.SendingPolicy;
import org.byoemail.format.screen.OutgoingFinding;
import org.byoemail.operations.setup.FieldProblem;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.operations.setup.SendingPolicyDraft;
import org.jspecify.annotations.Nullable;

/**
 * A sending policy as text, by the names that its fields have in the API, such as {@code
 * review.when}.
 */
record SendingPolicyForm(Map<String, String> values) {
  /** Precedes the names of fields that are refused. */
  private static final String POLICY = "sendingPolicy.";

  private static final String FINDINGS = "findings.";

  /** What a quota limits: each agent, each key, or all agents of the organization. */
  static final List<String> SCOPES = List.of("agent", "key", "organization");

  /** The names that people know the kinds of findings by, for each word of the contract. */
  static final Map<String, String> KINDS = kinds();

  static SendingPolicyForm of(SendingPolicy policy) {
    SendingPolicyDraft draft = SendingPolicyDraft.of(policy);
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    SendingPolicyDraft.Review review = draft.review();
    all.put("review.when", review.when());
    all.put("review.fourEyes", review.fourEyes());
    all.put("review.expiresAfterHours", review.expiresAfterHours());
    all.put("review.conversationChanged", review.conversationChanged());
    all.put("recipients.unvouched", draft.recipients().unvouched());
    all.put("recipients.unknown", draft.recipients().unknown());
    limits(all, "agent", draft.quotas().agent());
    limits(all, "key", draft.quotas().key());
    limits(all, "organization", draft.quotas().organization());
    all.put("quotas.burst", draft.quotas().burst());
    all.put("quotas.over", draft.quotas().over());
    all.put("quotas.unusualVolume", draft.quotas().unusualVolume());
    draft.findings().forEach((kind, action) -> all.put(FINDINGS + kind, action));
    all.put("shownCharacters", draft.shownCharacters());
    all.put("automaticMail.answers", draft.automaticMail().answers());
    all.put("automaticMail.autoSubmitted", draft.automaticMail().autoSubmitted());
    all.put("listUnsubscribe", draft.listUnsubscribe());
    Map<String, String> values = new LinkedHashMap<>();
    all.forEach(
        (name, value) -> {
          if (value != null) {
            values.put(name, value.toString());
          }
        });
    return new SendingPolicyForm(values);
  }

  private static void limits(
      Map<String, @Nullable Object> all, String of, Map<String, @Nullable Integer> limits) {
    limits.forEach((name, amount) -> all.put(limit(of, name), amount));
  }

  private static String limit(String of, String name) {
    return "quotas." + of + "." + name;
  }

  /**
   * Reads it.
   *
   * @throws FieldsRefused naming each field that is not a number or is otherwise wrong
   */
  SendingPolicyDraft draft() {
    List<FieldProblem> problems = new ArrayList<>();
    Map<String, String> findings = new TreeMap<>();
    values.forEach(
        (name, value) -> {
          if (name.startsWith(FINDINGS) && !value.isBlank()) {
            findings.put(name.substring(FINDINGS.length()), value);
          }
        });
    Map<String, Map<String, @Nullable Integer>> limits = new LinkedHashMap<>();
    for (String scope : SCOPES) {
      Map<String, @Nullable Integer> amounts = new LinkedHashMap<>();
      for (Limit limit : Limit.values()) {
        Integer amount = number(limit(scope, limit.word()), problems);
        if (amount != null) {
          amounts.put(limit.word(), amount);
        }
      }
      limits.put(scope, amounts);
    }
    SendingPolicyDraft draft =
        new SendingPolicyDraft(
            new SendingPolicyDraft.Review(
                word("review.when"),
                isOn("review.fourEyes"),
                number("review.expiresAfterHours", problems),
                isOn("review.conversationChanged")),
            findings,
            number("shownCharacters", problems),
            new SendingPolicyDraft.AutomaticMail(
                word("automaticMail.answers"), isOn("automaticMail.autoSubmitted")),
            new SendingPolicyDraft.Recipients(
                word("recipients.unvouched"), word("recipients.unknown")),
            new SendingPolicyDraft.Quotas(
                limits.get("agent"),
                limits.get("key"),
                limits.get("organization"),
                number("quotas.burst", problems),
                word("quotas.over"),
                isOn("quotas.unusualVolume")),
            isOn("listUnsubscribe"));
    if (!problems.isEmpty()) {
      throw new FieldsRefused(withOthers(draft, problems));
    }
    return draft;
  }

  /** All problems at once: these, and any others that the draft has. */
  private static List<FieldProblem> withOthers(
      SendingPolicyDraft draft, List<FieldProblem> problems) {
    List<FieldProblem> all = new ArrayList<>(problems);
    try {
      draft.policy();
    } catch (FieldsRefused e) {
      all.addAll(e.problems());
    }
    return all;
  }

  private @Nullable String word(String name) {
    String value = values.getOrDefault(name, "");
    return value.isBlank() ? null : value;
  }

  private boolean isOn(String name) {
    return Boolean.parseBoolean(values.get(name));
  }

  private @Nullable Integer number(String name, List<FieldProblem> problems) {
    String value = word(name);
    if (value == null) {
      return null;
    }
    try {
      return Integer.valueOf(value.strip());
    } catch (NumberFormatException e) {
      problems.add(
          new FieldProblem(
              POLICY + name, "must be a whole number in digits, such as 100, or empty"));
      return null;
    }
  }

  /** Why fields are refused, by the names that they have in the form. */
  static Map<String, String> problems(FieldsRefused refused) {
    Map<String, String> problems = new LinkedHashMap<>();
    for (FieldProblem problem : refused.problems()) {
      String field = problem.field();
      problems.merge(
          field.startsWith(POLICY) ? field.substring(POLICY.length()) : field,
          problem.reason(),
          (one, other) -> one + "; " + other);
    }
    return problems;
  }

  /** What applies instead, for each field in which the stricter policy differs from this one. */
  static Map<String, String> applied(SendingPolicy own, SendingPolicy stricter) {
    Map<String, String> values = of(stricter).values();
    Map<String, String> applied = new LinkedHashMap<>();
    for (String field : own.raised(stricter)) {
      String value = values.getOrDefault(field, "");
      applied.put(
          field,
          switch (value) {
            case "true" -> "on";
            case "false" -> "off";
            default -> value;
          });
    }
    return applied;
  }

  private static Map<String, String> kinds() {
    Map<String, String> kinds = new LinkedHashMap<>();
    for (OutgoingFinding.Kind kind : SendingPolicyDraft.KINDS) {
      kinds.put(
          kind.word(),
          switch (kind) {
            case SECRET -> "Secrets: keys, tokens, passwords";
            case CARD_NUMBER -> "Card numbers";
            case BANK_ACCOUNT -> "Bank account numbers";
            case PATTERN -> "Matches of outgoing rules";
            case OTHER_TENANT -> "Addresses of other organizations";
            case HIDDEN_TEXT -> "Hidden text";
            case TYPE_MISMATCH -> "Files of another type than declared";
            case PARTLY_READ -> "Content beyond what is examined";
          });
    }
    return Collections.unmodifiableMap(kinds);
  }

  /** The names of the limits of a unit, by minute, hour and day. */
  static Map<String, List<String>> limits() {
    Map<String, List<String>> limits = new LinkedHashMap<>();
    Arrays.stream(Limit.values())
        .forEach(
            limit ->
                limits
                    .computeIfAbsent(limit.unit().words(), none -> new ArrayList<>())
                    .add(limit.word()));
    return limits;
  }
}
