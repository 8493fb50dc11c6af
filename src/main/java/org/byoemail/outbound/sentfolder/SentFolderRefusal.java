package org.byoemail.outbound.sentfolder;

/** What was asked for of an account's Sent folder cannot be had. */
public class SentFolderRefusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String field;
  private final String reason;

  SentFolderRefusal(String field, String reason) {
    super(field + " " + reason);
    this.field = field;
    this.reason = reason;
  }

  /** Which part of it: {@code enabled} or {@code folder}. */
  public String field() {
    return field;
  }

  /** Why not. */
  public String reason() {
    return reason;
  }
}
