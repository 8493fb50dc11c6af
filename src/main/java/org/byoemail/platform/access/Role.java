package org.byoemail.platform.access;

import java.util.Locale;

/** What a key allows; each role includes the ones before it. */
public enum Role {
  /** Hands in messages and files, cancels them, reads messages and events. */
  PRODUCER,
  /** Also sets agents and accounts up, tests and pauses them, releases and resends mail. */
  OPERATOR,
  /** Also deletes agents and accounts, and makes keys. */
  ADMIN;

  /** The word of the contract and of the database. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads the word.
   *
   * @throws IllegalArgumentException naming the words there are
   */
  public static Role of(String word) {
    for (Role role : values()) {
      if (role.word().equals(word)) {
        return role;
      }
    }
    throw new IllegalArgumentException("must be one of admin, operator, producer");
  }

  /** Whether this role includes the other. */
  public boolean covers(Role needed) {
    return compareTo(needed) >= 0;
  }
}
