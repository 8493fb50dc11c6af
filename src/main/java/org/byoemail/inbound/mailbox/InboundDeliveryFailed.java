package org.byoemail.inbound.mailbox;

/** A mail was not dealt with, for a reason that is not its server's. */
class InboundDeliveryFailed extends RuntimeException {
  InboundDeliveryFailed(IncomingMail mail, Throwable cause) {
    super(mail + " was not dealt with", cause);
  }

  /** The words of what is at the bottom of it. */
  String reason() {
    Throwable root = this;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return root.getClass().getSimpleName()
        + (root.getMessage() == null
            ? ""
            : ": " + root.getMessage().lines().findFirst().orElse(""));
  }
}
