package org.byoemail.format.mail;

import java.util.UUID;

/** The id of a mailbox: a watched folder of a login at a host. */
public record MailboxId(UUID value) {

  /** A new id. */
  public static MailboxId next() {
    return new MailboxId(Ids.next());
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException if it is no UUID
   */
  public static MailboxId parse(String text) {
    return new MailboxId(UUID.fromString(text.strip()));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
