package org.byoemail.outbound.suppression;

import java.util.Locale;

/** The source of the evidence for a suppression. */
public enum SuppressionSource {
  /** The reply of the account's server to RCPT. */
  SMTP,
  /** A delivery report. */
  BOUNCE,
  /** A feedback report. */
  COMPLAINT,
  /** The link in a mail (RFC 8058). */
  UNSUBSCRIBE,
  /** An operator. */
  MANUAL;

  /** The name in the API and the database. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
