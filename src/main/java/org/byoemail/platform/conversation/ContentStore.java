package org.byoemail.platform.conversation;

import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Stores bytes under their SHA-256: equal content is stored once and never changes. Safe for use by
 * many threads and nodes.
 */
public interface ContentStore {

  /** What was stored. */
  record Stored(String sha256, long size) {}

  /**
   * A range of a content: many small items can be stored as one.
   *
   * @param length in bytes; -1 up to the end
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
   * Stores a stream, which stays open. When this returns, the content survives a crash.
   *
   * @throws java.io.UncheckedIOException if it cannot be written; nothing was stored then
   */
  Stored store(InputStream content);

  /**
   * Opens stored content; the caller closes it.
   *
   * @throws java.io.UncheckedIOException if it is not there
   */
  default InputStream open(String sha256) {
    return open(Piece.whole(sha256));
  }

  /**
   * Opens a range of stored content; the caller closes it.
   *
   * @throws java.io.UncheckedIOException if it is not there
   */
  InputStream open(Piece piece);

  /**
   * Removes an unreferenced content. One that was stored, or stored again, since that moment stays:
   * a reference is about to follow. So does one that cannot be removed safely.
   *
   * @return whether it was removed
   * @throws java.io.UncheckedIOException if that cannot be done
   */
  boolean remove(String sha256, Instant unusedSince);

  /**
   * Some of the contents.
   *
   * @param next where the next step begins; empty: it was the last one
   */
  record Step(List<String> sha256s, String next) {}

  /**
   * Lists the contents in a stable order. Contents stored meanwhile may be left out.
   *
   * @param after the {@code next} of the step before; empty for the start
   * @param most about how many are examined
   * @throws java.io.UncheckedIOException if that cannot be done
   */
  Step list(String after, int most);

  /**
   * When a content was stored last; empty if it is not there.
   *
   * @throws java.io.UncheckedIOException if it cannot be read
   */
  Optional<Instant> storedAt(String sha256);

  /**
   * Removes leftovers of interrupted stores and removals from before then.
   *
   * @return how many
   * @throws java.io.UncheckedIOException if that cannot be done
   */
  int removeLeftovers(Instant before, int most);

  /**
   * Reads a note that is stored with the contents; empty if absent.
   *
   * @throws java.io.UncheckedIOException if it cannot be read
   */
  Optional<String> note(String name);

  /**
   * Writes or replaces a note of at most 1,000 bytes with the contents.
   *
   * @param name letters, digits and dashes; not a content's name
   * @throws java.io.UncheckedIOException if it cannot be written
   */
  void writeNote(String name, String text);

  /**
   * @throws IllegalArgumentException if the name is not allowed
   */
  static String requireNoteName(String name) {
    if (!name.matches("[A-Za-z][A-Za-z0-9-]{1,100}") || isSha256(name)) {
      throw new IllegalArgumentException("not the name of a note: " + name);
    }
    return name;
  }

  /** Whether a name is a content's. */
  static boolean isSha256(String name) {
    return name.matches("[0-9a-f]{64}");
  }

  /**
   * @throws IllegalArgumentException for what is none, so that no name leads elsewhere
   */
  static String requireSha256(String sha256) {
    if (!isSha256(sha256)) {
      throw new IllegalArgumentException("not a SHA-256: " + sha256);
    }
    return sha256;
  }
}
