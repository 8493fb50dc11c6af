package org.byoemail.inbound.mailbox;

import java.time.Instant;

/** Others wait for that server, or connect to it: this mailbox's turn comes later. */
class HostBusy extends RuntimeException {
  private final Instant until;

  HostBusy(Instant until) {
    super("others wait for the same server");
    this.until = until;
  }

  /** When to ask again. */
  Instant until() {
    return until;
  }
}
