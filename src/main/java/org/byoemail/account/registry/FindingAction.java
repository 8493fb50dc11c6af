package org.byoemail.account.registry;

import java.util.Locale;

/** What becomes of mail with a finding, for an agent. */
public enum FindingAction {
  /** The finding is left out. */
  ALLOW,
  /** The finding is shown with the mail. */
  MARK,
  /** The mail is held for review. */
  HOLD;

  /** The word of the contract and of the database. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads the word.
   *
   * @throws IllegalArgumentException naming the words there are
   */
  public static FindingAction of(String word) {
    try {
      return valueOf(word.strip().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("must be one of allow, mark, hold", e);
    }
  }
}
