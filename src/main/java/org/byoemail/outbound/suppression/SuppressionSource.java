package org.byoemail.outbound.suppression;

import java.util.Locale;

/** What told of a reason to suppress an address. */
public enum SuppressionSource {
  /** The server of the account, when the recipient was named to it. */
  SMTP,
  /** A delivery report. */
  BOUNCE,
  /** A feedback report. */
  COMPLAINT,
  /** A person. */
  MANUAL;

  /** The word of the contract and of the database. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
