package org.byoemail.account.oauth;

/** A field of an OAuth client is invalid. */
public class OAuthClientInvalid extends RuntimeException {
  private final String field;

  OAuthClientInvalid(String field, String problem) {
    super(problem);
    this.field = field;
  }

  /** The field. */
  public String field() {
    return field;
  }
}
