package org.byoemail.outbound.delivery;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.byoemail.format.mail.AddressText;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.outbound.delivery.AttemptOutcome.Rejected;
import org.byoemail.outbound.delivery.OutgoingMail.Transport;
import org.byoemail.platform.conversation.Message;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The recipients that a mail is not sent to: suppressed ones, those that the agent's contact policy
 * does not allow, and those that no transport reaches. Safe for use by many threads.
 */
@Component
class RecipientRefusals {
  private final OutboundContactPolicy policy;
  private final SuppressedRecipients suppressed;

  RecipientRefusals(OutboundContactPolicy policy, SuppressedRecipients suppressed) {
    this.policy = policy;
    this.suppressed = suppressed;
  }

  /** The contact policies of the agents of those endpoints, as they are now. */
  Map<EndpointId, OutboundContactPolicy.Decision> policies(Collection<EndpointId> endpoints) {
    return policy.of(endpoints);
  }

  /** The refusal of each recipient of an attempt that is not sent to. */
  Map<EmailAddress, AttemptOutcome> of(
      Message message,
      Transport transport,
      AttemptRows.StartedAttempt started,
      OutboundContactPolicy.@Nullable Decision policyOfAgent) {
    Map<EmailAddress, AttemptOutcome> refused =
        new LinkedHashMap<>(
            suppressed.refusals(message.organization(), message.endpoint(), started.suppressed()));
    for (EmailAddress recipient : started.recipients()) {
      Rejected refusal = refusal(recipient, transport, policyOfAgent);
      if (refusal != null) {
        refused.putIfAbsent(recipient, refusal);
      }
    }
    return refused;
  }

  private static @Nullable Rejected refusal(
      EmailAddress recipient,
      Transport transport,
      OutboundContactPolicy.@Nullable Decision policy) {
    if (transport == Transport.NONE) {
      return new Rejected(
          "there is no account, and no other transport, for mail of this address", "no_transport");
    }
    if (policy == null || !policy.allows(recipient)) {
      return new Rejected("the agent's contact policy does not allow it", "contact_policy");
    }
    // RFC 6531: it would need SMTPUTF8, of which Postmark says nothing.
    return transport != Transport.POSTMARK || !AddressText.isInternational(recipient.value())
        ? null
        : new Rejected("the part before @ is not ASCII, which Postmark does not take", "5.6.7");
  }
}
