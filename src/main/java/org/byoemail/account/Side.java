package org.byoemail.account;

/** The two sides of an account. */
public enum Side {
  SMTP,
  IMAP;

  /** The word of the database and of settings. */
  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
