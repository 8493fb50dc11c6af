package org.byoemail.bounce.family;

/** Symantec, once MessageLabs. */
final class MessageLabs {
  static final Family FAMILY =
      Family.named("message-labs")
          .says("messagelabs", "it is unable to be delivered to the following")
          .senders("messagelabs", "symanteccloud");

  private MessageLabs() {}
}
