package org.byoemail.platform.conversation;

import java.util.Locale;

/** Which way a message goes. */
public enum Direction {
  INBOUND,
  OUTBOUND;

  /** The word of the contract and of the database. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
