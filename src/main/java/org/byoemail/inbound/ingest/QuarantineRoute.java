package org.byoemail.inbound.ingest;

import org.byoemail.inbound.mailbox.IncomingBatch;

/** The way that a mail takes out of the quarantine. */
public interface QuarantineRoute {
  /**
   * Returns when the mail was dealt with.
   *
   * @throws RuntimeException if it was not; it stays where it is
   */
  void take(IncomingBatch mail);
}
