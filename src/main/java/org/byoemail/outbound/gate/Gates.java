package org.byoemail.outbound.gate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.byoemail.account.registry.SendingPolicy;
import org.byoemail.outbound.gate.GateDecision.Result;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Asks all gates. Safe for use by many threads. */
@Component
public class Gates {
  private final List<SendingGate> gates;

  /** Gates in the order in which Spring sorts them, those that count after the others. */
  Gates(ObjectProvider<SendingGate> gates) {
    this.gates = gates.orderedStream().sorted(Comparator.comparing(SendingGate::counts)).toList();
  }

  /** Whether any gate has something to decide under a policy. */
  public boolean isNeeded(SendingPolicy policy, GateRequest.Phase phase) {
    for (SendingGate gate : gates) {
      if (gate.isNeeded(policy, phase)) {
        return true;
      }
    }
    return false;
  }

  /** The same, when it is known whether the mail answers another one. */
  public boolean isNeeded(SendingPolicy policy, GateRequest.Phase phase, boolean isAnswer) {
    for (SendingGate gate : gates) {
      if (gate.isNeeded(policy, phase, isAnswer)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether there are gates that decide before an attempt, none of which needs to be asked again
   * while the {@linkplain GateBases basis} is the same.
   */
  public boolean isSettled(SendingPolicy policy) {
    boolean isNeeded = false;
    for (SendingGate gate : gates) {
      if (gate.isNeeded(policy, GateRequest.Phase.BEGIN)) {
        if (!gate.isSettled(policy)) {
          return false;
        }
        isNeeded = true;
      }
    }
    return isNeeded;
  }

  /** What the gates decide that have something to decide. */
  public GateResult decide(GateRequest request) {
    List<GateDecision> decisions = new ArrayList<>();
    boolean isRefused = false;
    for (SendingGate gate : gates) {
      if (isRefused && gate.counts() && request.phase().consumes()) {
        break;
      }
      if (gate.isNeeded(request.policy(), request.phase())) {
        GateDecision decision = gate.decide(request);
        isRefused |= decision.result() == Result.REFUSE;
        decisions.add(decision);
      }
    }
    return decisions.isEmpty() ? GateResult.NOTHING : new GateResult(decisions);
  }
}
