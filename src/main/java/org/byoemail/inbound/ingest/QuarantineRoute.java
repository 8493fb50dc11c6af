package org.byoemail.inbound.ingest;

import org.byoemail.inbound.mailbox.IncomingBatch;

/** The way of a mail that was not fetched: out of the quarantine, or given by a test. */
public interface QuarantineRoute {
  /**
   * Returns when the mail was dealt with.
   *
   * @throws RuntimeException if it was not; it stays where it is
   */
  void take(IncomingBatch mail);
}
