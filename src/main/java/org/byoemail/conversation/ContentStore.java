package org.byoemail.conversation;

import java.io.InputStream;
import java.time.Instant;

/**
 * Keeps bytes under their SHA-256: the same content is kept once, and what was stored never
 * changes. Safe for use by many threads and nodes.
 */
public interface ContentStore {

  /** What was stored. */
  record Stored(String sha256, long size) {}

  /**
   * A stretch of a content: many small things can be stored as one.
   *
   * @param length in bytes; -1 for all that follows
   */
  record Piece(String sha256, long offset, long length) {
    private static final long REST = -1;

    /** All of it. */
    public static Piece whole(Stored stored) {
      return whole(stored.sha256());
    }

    /** All of the content of that name. */
    public static Piece whole(String sha256) {
      return new Piece(sha256, 0, REST);
    }

    public boolean isWhole() {
      return offset == 0 && length == REST;
    }
  }

  /**
   * Stores all of a stream, which stays open. When this returns, the content survives a crash.
   *
   * @throws java.io.UncheckedIOException where it cannot be written; nothing was stored then
   */
  Stored store(InputStream content);

  /**
   * Opens stored content; the caller closes it.
   *
   * @throws java.io.UncheckedIOException where it is not there
   */
  default InputStream open(String sha256) {
    return open(Piece.whole(sha256));
  }

  /**
   * Opens a stretch of stored content; the caller closes it.
   *
   * @throws java.io.UncheckedIOException where it is not there
   */
  InputStream open(Piece piece);

  /**
   * Removes a content that nobody has any more. One that was stored, or stored again, since that
   * moment stays: somebody is about to have it. So does one that cannot be removed safely.
   *
   * @return whether it was removed
   * @throws java.io.UncheckedIOException where that cannot be done
   */
  boolean remove(String sha256, Instant unusedSince);

  /**
   * @throws IllegalArgumentException for what is none, so that no name leads elsewhere
   */
  static String requireSha256(String sha256) {
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("not a SHA-256: " + sha256);
    }
    return sha256;
  }
}
