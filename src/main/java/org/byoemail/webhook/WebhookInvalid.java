package org.byoemail.webhook;

/** A field of a webhook is not valid. The message is the reason. */
public class WebhookInvalid extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String field;

  WebhookInvalid(String field, String reason) {
    super(reason);
    this.field = field;
  }

  /** The field. */
  public String field() {
    return field;
  }
}
