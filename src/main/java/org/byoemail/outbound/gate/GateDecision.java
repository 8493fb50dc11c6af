package org.byoemail.outbound.gate;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a gate decided.
 *
 * @param gate its word
 * @param code why, as a stable word such as {@code new-correspondent}; empty: it passed
 * @param reason why, in one sentence for people, with the remedy if there is one; empty: it passed
 * @param until when a mail that waits comes again; null unless it waits
 * @param facts what it was decided by, for people and the record: strings, numbers, and lists or
 *     maps of them; no secret
 * @param operatorFacts what only operators are shown who see every organisation
 */
public record GateDecision(
    String gate,
    Result result,
    String code,
    String reason,
    @Nullable Instant until,
    Map<String, Object> facts,
    Map<String, Object> operatorFacts) {

  /** From lenient to strict. */
  public enum Result {
    PASS,
    /** It passes, and the reason is shown with it. */
    MARK,
    WAIT,
    /** A person decides. */
    REVIEW,
    REFUSE;

    /** The word of the contract and of the database. */
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** A copy of the facts is kept, in their order. */
  public GateDecision {
    if ((result == Result.WAIT) != (until != null)) {
      throw new IllegalArgumentException("a wait, and only a wait, has a time");
    }
    facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    operatorFacts = Map.copyOf(operatorFacts);
  }

  /** It passed. */
  public static GateDecision pass(String gate, Map<String, Object> facts) {
    return new GateDecision(gate, Result.PASS, "", "", null, facts, Map.of());
  }

  /** It waits until then. */
  public static GateDecision wait(
      String gate, String code, String reason, Instant until, Map<String, Object> facts) {
    return new GateDecision(gate, Result.WAIT, code, reason, until, facts, Map.of());
  }

  /** It is marked, reviewed or refused. */
  public static GateDecision of(
      String gate, Result result, String code, String reason, Map<String, Object> facts) {
    return new GateDecision(gate, result, code, reason, null, facts, Map.of());
  }

  /** The same with facts for operators who see every organisation. */
  public GateDecision forOperators(Map<String, Object> facts) {
    return new GateDecision(gate, result, code, reason, until, this.facts, facts);
  }
}
