package org.byoemail.outbound.delivery;

import java.util.List;
import org.byoemail.outbound.gate.GateDecision;
import org.byoemail.outbound.gate.GateRequest.Phase;
import org.byoemail.outbound.gate.Gates;
import org.byoemail.platform.conversation.Message;
import org.springframework.stereotype.Component;

/** What the gates say about a stored message now. Changes nothing; thread-safe. */
@Component
public class MessageGates {
  private final Gates gates;
  private final OutboundContactPolicy policies;
  private final ReviewRequests requests;

  MessageGates(Gates gates, OutboundContactPolicy policies, ReviewRequests requests) {
    this.gates = gates;
    this.policies = policies;
    this.requests = requests;
  }

  /** The decisions of the gates that have something to decide about it. */
  public List<GateDecision> why(Message message) {
    OutboundContactPolicy.Decision policy =
        policies.of(List.of(message.endpoint())).get(message.endpoint());
    if (policy == null || !gates.isNeeded(policy.sending(), Phase.WHY)) {
      return List.of();
    }
    return gates
        .decide(requests.gateRequest(Phase.WHY, message, policy.agent(), null, policy.sending()))
        .decisions();
  }
}
