package org.byoemail.inbound.ingest;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why a mail is held for review. */
public enum HoldReason {
  /** Its sender is not proven. */
  SENDER,
  /** Its server filed it as junk. */
  JUNK,
  /** A scanner recognized malware. */
  MALWARE,
  /** It is not scanned yet, or the operator's service asks for a person. */
  SCANNER,
  /** Its agent's {@code contactPolicy.findings} holds mail with such a finding. */
  FINDING;

  /** Whether it is held for what is in it. */
  boolean isContent() {
    return this != SENDER && this != JUNK;
  }

  /** The word of the contract and of the database. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads the word of a held mail; {@link #SENDER} if none is stored. */
  static HoldReason of(@Nullable String word) {
    return word == null ? SENDER : valueOf(word.toUpperCase(Locale.ROOT));
  }
}
