package org.byoemail.inbound;

import org.byoemail.mailbox.MailBatch;

/** The way that a mail takes out of the quarantine. */
public interface QuarantineRoute {
  /**
   * Returns when the mail was dealt with.
   *
   * @throws RuntimeException where it was not; it stays where it is
   */
  void take(MailBatch mail);
}
