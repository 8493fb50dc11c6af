package org.byoemail.platform.event;

/** Events cannot be read after a position. */
public final class PositionRefused extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Reason reason;
  private final long position;

  /** Why. */
  public enum Reason {
    /**
     * It was never assigned: it comes from another database, or was assigned after the backup from
     * which the database was restored.
     */
    NEVER_GIVEN,
    /** Events after it were deleted. */
    DELETED
  }

  PositionRefused(Reason reason, String message, long position) {
    super(message);
    this.reason = reason;
    this.position = position;
  }

  /** Why it is refused. */
  public Reason reason() {
    return reason;
  }

  /** The last assigned position, or the position of the first event that is kept. */
  public long position() {
    return position;
  }
}
