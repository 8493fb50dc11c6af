package org.byoemail.inbound.mailbox;

/** Where new mail goes. */
@FunctionalInterface
interface InboundDelivery {
  /**
   * Returns when all of the mails were dealt with and the cursor moved past them, in one
   * transaction.
   *
   * @throws Exception where they were not, none of them; they are then delivered again
   */
  void deliver(IncomingBatch mails) throws Exception;
}
