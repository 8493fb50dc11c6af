package org.byoemail.format.report.family;

/** MXLogic, later McAfee. */
final class MxLogic {
  static final MtaSignature FAMILY =
      MtaSignature.named("mxlogic")
          .senders("mxlogic")
          .says(
              "the following address failed",
              "the following addresses failed",
              "could not be delivered")
          .returned("included is a copy of the message header");

  private MxLogic() {}
}
