package org.byoemail.inbound.mailbox;

import java.time.Instant;

/** Too many mailboxes connect to that server or wait for it: this one tries later. */
class HostConnectionLimitReached extends RuntimeException {
  private final Instant until;

  HostConnectionLimitReached(Instant until) {
    super("others wait for the same server");
    this.until = until;
  }

  /** When to try again. */
  Instant until() {
    return until;
  }
}
