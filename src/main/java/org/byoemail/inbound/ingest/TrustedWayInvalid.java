package org.byoemail.inbound.ingest;

/** A trusted way that would trust anybody, or that is malformed. */
public final class TrustedWayInvalid extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final String field;

  TrustedWayInvalid(String field, String reason) {
    super(reason);
    this.field = field;
  }

  /** The field that is wrong. */
  public String field() {
    return field;
  }
}
