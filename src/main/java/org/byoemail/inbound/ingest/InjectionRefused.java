package org.byoemail.inbound.ingest;

/** A mail that cannot be injected. */
public class InjectionRefused extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Reason reason;

  InjectionRefused(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** Why it is refused. */
  public enum Reason {
    /** The organization of the account is no test organization. */
    NO_TEST_ORGANIZATION,
    /** The account has no mailbox. */
    NO_MAILBOX,
    /** The id was used before for another mail. */
    ID_REUSED
  }

  /** Why it is refused. */
  public Reason reason() {
    return reason;
  }
}
