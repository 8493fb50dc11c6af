package org.byoemail.account.registry;

import java.util.Locale;

/** What is done in the mailbox with a mail that was taken in. */
public enum AfterIngest {
  /** It is left as it is, and the folder opened read-only. */
  NONE,
  /** It is marked read. */
  SEEN,
  /** It is moved to another folder. */
  MOVE,
  /** It is deleted. */
  DELETE;

  /** The word of the contract and of the database. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads the word.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static AfterIngest of(String word) {
    try {
      return valueOf(word.strip().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("must be one of none, seen, move, delete", e);
    }
  }
}
