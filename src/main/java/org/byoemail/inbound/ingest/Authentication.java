package org.byoemail.inbound.ingest;

import java.util.Locale;

/** Whether the sender of a mail is who it says, as the receiving server found (RFC 8601). */
public enum Authentication {
  PASS,
  FAIL,
  /** The server said nothing of use. */
  NONE;

  /** The word of the contract and of the database. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads the word. */
  public static Authentication of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
