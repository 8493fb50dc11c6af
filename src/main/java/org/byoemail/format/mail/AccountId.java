package org.byoemail.format.mail;

import java.util.UUID;

/** The id of an account: the SMTP and IMAP settings of one agent-owned endpoint. */
public record AccountId(UUID value) {

  /** A new id. */
  public static AccountId next() {
    return new AccountId(Ids.next());
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException if it is no UUID
   */
  public static AccountId parse(String text) {
    return new AccountId(UUID.fromString(text.strip()));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
