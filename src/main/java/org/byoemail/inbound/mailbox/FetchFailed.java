package org.byoemail.inbound.mailbox;

/** The server did not return a mail that it has: a failure of the server, not of this node. */
public class FetchFailed extends RuntimeException {
  private final long uid;

  FetchFailed(long uid, String what, Throwable cause) {
    super("mail " + uid + " cannot be fetched: " + what, cause);
    this.uid = uid;
  }

  /** The mail. */
  public long uid() {
    return uid;
  }
}
