package org.byoemail.format.report.family;

/** Sun, iPlanet and Oracle messaging servers, and PMDF. */
final class MessagingServer {
  static final MtaSignature FAMILY =
      MtaSignature.named("messaging-server")
          .says(
              "this report relates to a message you sent with the following header fields",
              "your message cannot be delivered to the following recipients",
              "your message has been enqueued and undeliverable for")
          .labels("recipient address")
          .returned("reporting-mta:");

  private MessagingServer() {}
}
