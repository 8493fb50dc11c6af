package org.byoemail.inbound.mailbox;

/** A mail was deleted or moved after it was found and before it was fetched. */
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
