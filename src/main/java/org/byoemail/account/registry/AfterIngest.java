package org.byoemail.account.registry;

import java.util.Locale;

/** What is done on the server with a mail that was ingested. */
public enum AfterIngest {
  /** The mail is left as it is, and the folder opened read-only. */
  NONE,
  /** The mail is marked \Seen. */
  SEEN,
  /** The mail is moved to another folder. */
  MOVE,
  /** The mail is deleted. */
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
