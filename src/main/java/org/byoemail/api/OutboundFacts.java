package org.byoemail.api;

import java.util.List;
import java.util.Map;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.finding.OutgoingFindings;
import org.byoemail.outbound.outbox.OutboundDetails;
import org.byoemail.outbound.provenance.Origin;
import org.byoemail.outbound.provenance.Provenance;
import org.springframework.stereotype.Component;

/** What is known of an outbound message in addition to its state. Thread-safe. */
@Component
class OutboundFacts {
  private final OutgoingFindings findings;
  private final Provenance provenance;

  OutboundFacts(OutgoingFindings findings, Provenance provenance) {
    this.findings = findings;
    this.provenance = provenance;
  }

  /**
   * What was found in it when it was accepted.
   *
   * @param isOperator whether the caller sees all organizations
   */
  List<OutgoingFindings.Found> findings(StoredMessageId message, boolean isOperator) {
    return findings.of(message, isOperator);
  }

  /** Where its recipients come from. */
  Map<EmailAddress, Origin> origins(OutboundDetails details) {
    return provenance.ofMessage(
        details.message(),
        details.recipients().stream().map(OutboundDetails.Recipient::address).toList());
  }
}
