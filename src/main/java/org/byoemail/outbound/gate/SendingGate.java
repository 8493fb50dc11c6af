package org.byoemail.outbound.gate;

import org.byoemail.account.registry.SendingPolicy;

/**
 * One of the decisions that an agent's mail comes to, before it is accepted and again before it is
 * sent. Implementations are safe for use by many threads and nodes.
 */
public interface SendingGate {
  /** A stable word, such as {@code review}. */
  String word();

  /**
   * Whether it has anything to decide under a policy. Called for every mail: no query, no wait. A
   * gate that never decides costs nothing.
   */
  boolean isNeeded(SendingPolicy policy, GateRequest.Phase phase);

  /**
   * The same, when it is known whether the mail answers another one.
   *
   * @param isAnswer whether it does
   */
  default boolean isNeeded(SendingPolicy policy, GateRequest.Phase phase, boolean isAnswer) {
    return isNeeded(policy, phase);
  }

  /**
   * Whether this gate need not be asked again at an attempt minutes after it let the mail pass: it
   * decides only by the mail, earlier mail, and the {@linkplain GateBases basis}. Asking a gate is
   * always correct; not asking it costs nothing.
   */
  default boolean isSettled(SendingPolicy policy) {
    return false;
  }

  /**
   * Whether it counts what it lets pass. Such a gate is asked last, and only about mail that no
   * other one refuses: refused mail uses nothing up.
   */
  default boolean counts() {
    return false;
  }

  /**
   * Decides. Changes nothing but what {@link GateRequest.Phase#consumes} allows, and never in the
   * database in phase {@code ACCEPT}: the mail is not stored yet.
   */
  GateDecision decide(GateRequest request);
}
