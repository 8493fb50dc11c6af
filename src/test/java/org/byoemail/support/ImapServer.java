package org.byoemail.support;

/** A real IMAP server on loopback, over STARTTLS and TLS, whose users and mails a test makes. */
public abstract class ImapServer extends MailServer {
  ImapServer() {}

  /** The port for IMAP, in plain text or with STARTTLS. */
  public abstract int imapPort();

  /** The port for IMAP over TLS. */
  public abstract int imapsPort();

  /** A new user whose address starts with that name. */
  public abstract MailUser freshUser(String name);

  /** Puts a raw mail with an empty envelope sender into the mailbox of a user. */
  public abstract void deliver(String recipient, byte[] mail);

  /** The full name of a folder that users may make. */
  public String folder(String name) {
    return name;
  }

  /** How many mails are in a folder of a user. */
  public final int count(MailUser user, String folder) {
    return new ImapReader(host(), imapsPort()).read(user, folder).size();
  }
}
