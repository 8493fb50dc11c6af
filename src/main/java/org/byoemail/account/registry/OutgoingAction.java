package org.byoemail.account.registry;

import java.util.Locale;

/** What becomes of an outgoing mail with a finding, from lenient to strict. */
public enum OutgoingAction {
  /** It is sent, and the finding is left out. */
  ALLOW,
  /** It is sent, and the finding is shown with it. */
  MARK,
  /** A person decides. */
  REVIEW,
  /** It is not accepted. */
  REFUSE;

  /** The word of the contract and of the database. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads the word.
   *
   * @throws IllegalArgumentException naming the words there are
   */
  public static OutgoingAction of(String word) {
    try {
      return valueOf(word.strip().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("must be one of allow, mark, review, refuse", e);
    }
  }

  OutgoingAction stricter(OutgoingAction other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
