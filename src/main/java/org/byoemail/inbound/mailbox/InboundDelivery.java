package org.byoemail.inbound.mailbox;

/** Takes new mail from the mailbox component into its route. */
@FunctionalInterface
interface InboundDelivery {
  /**
   * Returns when all of the mails are committed and the cursor has moved past them, in one
   * transaction.
   *
   * @throws Exception if none of them was; they are delivered again
   */
  void deliver(IncomingBatch mails) throws Exception;
}
