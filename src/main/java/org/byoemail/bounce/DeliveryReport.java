package org.byoemail.bounce;

import java.util.List;
import java.util.Optional;

/**
 * A delivery report (RFC 3464, RFC 6522, RFC 6533): what a server says became of a mail. It may be
 * forged by anyone who knows the mail.
 *
 * @param recipients at least one
 * @param reportingMta the server that speaks, without the type of its name
 * @param originalEnvelopeId the ENVID the mail was sent with
 */
public record DeliveryReport(
    ReportKind kind,
    List<ReportedRecipient> recipients,
    Optional<String> reportingMta,
    Optional<String> originalEnvelopeId,
    OriginalMail original) {

  public DeliveryReport {
    recipients = List.copyOf(recipients);
    if (recipients.isEmpty()) {
      throw new IllegalArgumentException("a delivery report names at least one recipient");
    }
  }
}
