package org.byoemail.outbound.sentfolder;

/** A setting of the Sent folder is not valid for the account. */
public class SentFolderRefusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String field;
  private final String reason;

  SentFolderRefusal(String field, String reason) {
    super(field + " " + reason);
    this.field = field;
    this.reason = reason;
  }

  /** The invalid field: {@code enabled} or {@code folder}. */
  public String field() {
    return field;
  }

  /** What is wrong with it. */
  public String reason() {
    return reason;
  }
}
