package org.byoemail.inbound.mailbox;

/** A mail was deleted or moved after it was found and before it was fetched. */
public class MailExpunged extends RuntimeException {
  private final long uid;

  MailExpunged(long uid) {
    super("mail " + uid + " is no longer in its folder");
    this.uid = uid;
  }

  /** The mail. */
  public long uid() {
    return uid;
  }
}
