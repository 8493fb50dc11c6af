package org.byoemail.platform.event;

/** Events cannot be read on after that position. */
public final class PositionRefused extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Reason reason;
  private final long position;

  /** Why. */
  public enum Reason {
    /** It was never given: it is of another database, or of a life that a restore has ended. */
    NEVER_GIVEN,
    /** Events behind it were deleted. */
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

  /** The last position that was given, or the first event that is kept. */
  public long position() {
    return position;
  }
}
