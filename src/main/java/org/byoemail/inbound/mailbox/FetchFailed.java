package org.byoemail.inbound.mailbox;

/** The server did not give a mail that it has. Its trouble, not ours. */
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
