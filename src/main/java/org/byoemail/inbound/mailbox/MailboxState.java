package org.byoemail.inbound.mailbox;

import java.util.Locale;

/** What a watcher is doing with its mailbox. */
public enum MailboxState {
  /** Connects, or waits for its turn to. */
  CONNECTING,
  /** Opens the folder and compares it with the cursor. */
  SELECTING,
  /** Ingests what arrived after the cursor. */
  CATCHING_UP,
  /** Waits for the server to announce new mail (RFC 2177). */
  IDLE,
  /** Waits for the next poll. */
  POLLING,
  /** Waits after a failure. */
  BACKING_OFF,
  /** Released until its account is resumed. */
  PAUSED,
  /** Released, for this or another node to acquire. */
  RELEASED,
  /** Stopped, because another node took the lease. */
  LOST;

  /** The name in the API and the console. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
