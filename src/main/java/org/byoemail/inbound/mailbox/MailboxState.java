package org.byoemail.inbound.mailbox;

import java.util.Locale;

/** What a watcher is doing with its mailbox. */
public enum MailboxState {
  /** Waits for its turn to connect, or connects. */
  CONNECTING,
  /** Opens the folder and compares it with the cursor. */
  SELECTING,
  /** Takes in what arrived since the cursor. */
  CATCHING_UP,
  /** Waits for the server to tell of new mail (RFC 2177). */
  IDLE,
  /** Waits for the next poll. */
  POLLING,
  /** Waits after a failure. */
  BACKING_OFF,
  /** Let go, until its account is resumed. */
  PAUSED,
  /** Let go, for this or another node to take. */
  RELEASED,
  /** Let go, because another node took the mailbox. */
  LOST;

  /** The name in the API and the console. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
