package org.byoemail.format.report.family;

/** SurfControl, later Websense and Forcepoint. */
final class SurfControl {
  static final MtaSignature FAMILY =
      MtaSignature.named("surf-control")
          .headers("X-SEF-Processed", "X-Mailer")
          .says(
              "your message could not be sent.",
              "a transcript of the attempts to send the message follows",
              "the number of attempts made")
          .labels("addressed to");

  private SurfControl() {}
}
