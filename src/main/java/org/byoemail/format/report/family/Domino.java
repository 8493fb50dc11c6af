package org.byoemail.format.report.family;

/** Lotus Notes and HCL Domino. */
final class Domino {
  static final MtaSignature FAMILY =
      MtaSignature.named("domino")
          .says(
              "not listed in domino directory",
              "not listed in public name & address book",
              "recipient's mail file",
              "router: failed to connect to smtp host",
              "maximum hop count exceeded. message probably in a routing loop",
              "was not delivered to:")
          .subjects("delivery failure", "nondelivery", "undeliver", "delivery status")
          .returned("message body");

  private Domino() {}
}
