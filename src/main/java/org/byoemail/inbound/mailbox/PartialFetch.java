package org.byoemail.inbound.mailbox;

/** When a mail that is fetched piece by piece has ended. */
final class PartialFetch {
  private PartialFetch() {}

  /**
   * Whether a piece is the last one. A longer one than was asked for comes from a server that
   * cannot divide a mail, and gave all of it; a shorter one may come from a server that gives less
   * at a time, so that the announced size has to be reached; where that is too high, an empty piece
   * follows.
   *
   * @param most how many bytes were asked for
   * @param soFar how many have come with this piece
   * @param size how many the server has announced for all of the mail
   */
  static boolean isLast(byte[] piece, int most, long soFar, long size) {
    return piece.length > most || piece.length == 0 || piece.length < most && soFar >= size;
  }
}
