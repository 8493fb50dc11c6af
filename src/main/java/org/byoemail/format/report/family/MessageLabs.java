package org.byoemail.format.report.family;

/** Symantec, once MessageLabs. */
final class MessageLabs {
  static final MtaSignature FAMILY =
      MtaSignature.named("message-labs")
          .says("messagelabs", "it is unable to be delivered to the following")
          .senders("messagelabs", "symanteccloud");

  private MessageLabs() {}
}
