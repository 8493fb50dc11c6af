package org.byoemail.outbound.gate;

import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.byoemail.outbound.gate.GateDecision.Result;
import org.jspecify.annotations.Nullable;

/**
 * What all gates decided together: the strictest decision counts.
 *
 * @param decisions of the gates that had something to decide, in their order
 * @param basis the basis on which the gates need not be asked again before the attempt; null: they
 *     are asked
 */
public record GateResult(List<GateDecision> decisions, @Nullable String basis) {
  /** No gate had anything to decide. */
  public static final GateResult NOTHING = new GateResult(List.of());

  /** Decisions that are made again before the attempt. */
  public GateResult(List<GateDecision> decisions) {
    this(decisions, null);
  }

  /** The same result with a basis. */
  public GateResult withBasis(@Nullable String basis) {
    return new GateResult(decisions, basis);
  }

  /** A copy of the list is kept. */
  public GateResult {
    decisions = List.copyOf(decisions);
  }

  /** The strictest result. */
  public Result strictest() {
    return decisions.stream()
        .map(GateDecision::result)
        .max(Comparator.naturalOrder())
        .orElse(Result.PASS);
  }

  /** The decisions with that result. */
  public List<GateDecision> with(Result result) {
    return decisions.stream().filter(one -> one.result() == result).toList();
  }

  /** The time at which the last wait ends; empty if no gate lets it wait. */
  public Optional<Instant> until() {
    return decisions.stream()
        .map(GateDecision::until)
        .filter(Objects::nonNull)
        .max(Comparator.naturalOrder());
  }

  /** The reasons of the strictest decisions. */
  public String reason() {
    return with(strictest()).stream().map(GateDecision::reason).collect(Collectors.joining("; "));
  }

  /** The decisions as a dossier has them; what only operators are shown is left out. */
  public List<Map<String, Object>> recorded() {
    return decisions.stream()
        .map(
            one -> {
              Map<String, Object> facts = new LinkedHashMap<>();
              facts.put("gate", one.gate());
              facts.put("result", one.result().word());
              if (!one.code().isEmpty()) {
                facts.put("code", one.code());
                facts.put("reason", one.reason());
              }
              if (one.until() != null) {
                facts.put("until", one.until().toString());
              }
              if (!one.facts().isEmpty()) {
                facts.put("facts", one.facts());
              }
              return facts;
            })
        .toList();
  }

  /** The code of the first of the strictest decisions; empty if all passed. */
  public String code() {
    return with(strictest()).stream().findFirst().map(GateDecision::code).orElse("");
  }
}
