package org.byoemail.outbound.foldercopy;

/** The setting of a folder is not valid for the account. */
public class FolderSettingRefused extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String field;
  private final String reason;

  /** The field as the API names it, and what is wrong with it. */
  public FolderSettingRefused(String field, String reason) {
    super(field + " " + reason);
    this.field = field;
    this.reason = reason;
  }

  /** The invalid field. */
  public String field() {
    return field;
  }

  /** What is wrong with it. */
  public String reason() {
    return reason;
  }
}
