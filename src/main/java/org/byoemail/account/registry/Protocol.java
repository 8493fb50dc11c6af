package org.byoemail.account.registry;

/** The two sides of an account. */
public enum Protocol {
  SMTP,
  IMAP;

  /** The word of the database and of settings. */
  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
