package org.byoemail.inbound.ingest;

import java.util.Locale;

/** The outcome of a mail that was found in a mailbox. */
public enum InboundStatus {
  /** It is a message now. */
  INGESTED,
  /** A delivery report: it changed the attempt that it reports on, if any. */
  REPORT,
  /** The agent's contact policy does not let its sender in; it was left alone. */
  REFUSED,
  /** Known already. */
  DUPLICATE,
  /** It could not be processed; its bytes are kept. */
  QUARANTINED;

  /** The word of the contract and of the database. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads the word.
   *
   * @throws IllegalArgumentException for another one
   */
  public static InboundStatus of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
