package org.byoemail.inbound.mailbox;

/** A mail was deleted or moved between the moment it was found and the one it was to be fetched. */
public class MailGone extends RuntimeException {
  private final long uid;

  MailGone(long uid) {
    super("mail " + uid + " is no longer in its folder");
    this.uid = uid;
  }

  /** The mail. */
  public long uid() {
    return uid;
  }
}
