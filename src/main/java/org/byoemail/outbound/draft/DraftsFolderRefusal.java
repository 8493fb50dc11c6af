package org.byoemail.outbound.draft;

/** A setting of the Drafts folder is not valid for the account. */
public class DraftsFolderRefusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String field;
  private final String reason;

  DraftsFolderRefusal(String field, String reason) {
    super(field + " " + reason);
    this.field = field;
    this.reason = reason;
  }

  /** The invalid field: {@code mirrorDrafts} or {@code folder}. */
  public String field() {
    return field;
  }

  /** What is wrong with it. */
  public String reason() {
    return reason;
  }
}
