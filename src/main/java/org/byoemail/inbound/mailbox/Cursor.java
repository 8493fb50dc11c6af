package org.byoemail.inbound.mailbox;

/**
 * How far a folder was read: every mail up to {@code lastUid} was ingested or skipped for good.
 *
 * @param uidValidity UIDVALIDITY of the folder: UIDs have a meaning only together with it (RFC 9051
 *     section 2.3.1.1)
 * @param lastUid 0 before the first mail
 */
public record Cursor(long uidValidity, long lastUid) {

  public Cursor {
    if (uidValidity < 0 || lastUid < 0) {
      throw new IllegalArgumentException("UIDVALIDITY and UID are not negative");
    }
  }

  /**
   * The cursor after one more mail.
   *
   * @throws IllegalArgumentException for a UID that is not above the cursor
   */
  public Cursor advanceTo(long uid) {
    if (uid <= lastUid) {
      throw new IllegalArgumentException("a cursor at " + lastUid + " does not go to " + uid);
    }
    return new Cursor(uidValidity, uid);
  }
}
