package org.byoemail.format.report.family;

/** Exchange 2007 and later, Microsoft 365. */
final class Office365 {
  static final MtaSignature FAMILY =
      MtaSignature.named("microsoft-365")
          .says(
              "delivery has failed to these recipients",
              "delivery is delayed to these recipients",
              "diagnostic information for administrators",
              "generating server:",
              "your message wasn't delivered to",
              "couldn't be delivered to the recipient",
              "your message couldn't be delivered",
              "your message to the following recipients has been delayed",
              "ihre nachricht an",
              "el mensaje no se pudo entregar")
          .returned("original message headers", "original message details", "message hops");

  private Office365() {}
}
