package org.byoemail.outbound.suppression;

import java.util.Locale;

/** Why nothing is sent to an address any more. */
public enum SuppressionReason {
  /** Its server says that nobody is there, or no longer. */
  NO_SUCH_RECIPIENT("its server says that there is no such recipient"),
  /** There is no server for its domain. */
  NO_SUCH_HOST("its domain takes no mail"),
  /** Its server says that it is switched off. */
  DISABLED_RECIPIENT("its server says that it is disabled"),
  /** Its owner called a mail spam. */
  COMPLAINT("its owner complained about a mail"),
  /** A person put it on the list. */
  MANUAL("a person put it on the list");

  private final String sentence;

  SuppressionReason(String sentence) {
    this.sentence = sentence;
  }

  /** The word of the contract and of the database. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The reason in words that a person reads. */
  public String sentence() {
    return sentence;
  }
}
