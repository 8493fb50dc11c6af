package org.byoemail.inbound.mailbox;

/** A mail was not ingested, for a reason other than its server. */
class InboundDeliveryFailed extends RuntimeException {
  InboundDeliveryFailed(IncomingMail mail, Throwable cause) {
    super(mail + " was not ingested", cause);
  }

  /** The root cause in one line. */
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
