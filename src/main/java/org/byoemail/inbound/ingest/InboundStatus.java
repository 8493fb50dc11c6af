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
  QUARANTINED,
  /** A contact may have sent it, but that is not proven: a person lets it in or discards it. */
  HELD;

  /** The word of the contract. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The word of the database: nodes of earlier releases take held mail for quarantined. */
  String stored() {
    return this == HELD ? QUARANTINED.word() : word();
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
