package org.byoemail.mailbox;

/** Where new mail goes. */
@FunctionalInterface
interface Delivery {
  /**
   * Returns when the mail was dealt with and the cursor moved past it, in one transaction.
   *
   * @throws Exception where it was not; the mail is then delivered again
   */
  void deliver(IncomingMail mail) throws Exception;
}
