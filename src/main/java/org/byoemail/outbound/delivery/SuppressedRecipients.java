package org.byoemail.outbound.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.outbound.delivery.AttemptOutcome.Rejected;
import org.byoemail.outbound.suppression.Suppression;
import org.byoemail.outbound.suppression.Suppressions;
import org.springframework.stereotype.Component;

/** The refusals of recipients that nothing is sent to. */
@Component
class SuppressedRecipients {
  /** The error code of such a recipient. */
  static final String CODE = "suppressed";

  private static final String LIFTED = "not sent: the address was suppressed a moment ago";

  private final Suppressions suppressions;
  private final MeterRegistry meters;

  SuppressedRecipients(Suppressions suppressions, MeterRegistry meters) {
    this.suppressions = suppressions;
    this.meters = meters;
  }

  /** The refusal of each address, as the agent of that endpoint would send to it. */
  Map<EmailAddress, Rejected> refusals(
      OrganizationId organization, EndpointId endpoint, Collection<EmailAddress> addresses) {
    Map<EmailAddress, Rejected> refusals = new LinkedHashMap<>();
    if (!addresses.isEmpty()) {
      Map<EmailAddress, Suppression> found = suppressions.among(organization, endpoint, addresses);
      for (EmailAddress address : addresses) {
        Suppression suppression = found.get(address);
        refusals.put(
            address, new Rejected(suppression == null ? LIFTED : suppression.refusal(), CODE));
      }
      meters.counter("byo.outbound.suppressed").increment(addresses.size());
    }
    return refusals;
  }
}
