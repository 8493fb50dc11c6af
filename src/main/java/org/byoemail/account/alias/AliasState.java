package org.byoemail.account.alias;

import java.util.Locale;

/** Whether an account may send from an alias. */
public enum AliasState {
  /** It was never probed, or the account's SMTP server has changed since. */
  UNPROVED,
  /** A probe is on its way. */
  PROBING,
  /** A probe arrived with From unchanged: the account may send from it. */
  PROVED,
  /** A probe arrived with another From. */
  REWRITTEN,
  /** The server refused the probe, or it did not arrive. */
  FAILED;

  /** The word of the API and of the database. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static AliasState of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
