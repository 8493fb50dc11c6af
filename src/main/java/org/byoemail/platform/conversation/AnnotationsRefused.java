package org.byoemail.platform.conversation;

/** Labels or metadata that a message or a conversation cannot have. */
public final class AnnotationsRefused extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String field;

  AnnotationsRefused(String field, String reason) {
    super(reason);
    this.field = field;
  }

  /** The field of the change. */
  public String field() {
    return field;
  }
}
