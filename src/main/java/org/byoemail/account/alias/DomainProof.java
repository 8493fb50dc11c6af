package org.byoemail.account.alias;

import java.util.Locale;

/** How a catch-all domain was proved. */
public enum DomainProof {
  /** By a TXT record of the domain: stronger than a round trip. */
  DNS,
  /** By a mail to a random address of the domain that arrived in the mailbox. */
  ROUND_TRIP;

  /** The name used by the API and the database. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The proof with that name. */
  static DomainProof of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
