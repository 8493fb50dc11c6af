package org.byoemail.account.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What becomes of mail to addresses that nobody vouches for.
 *
 * @param unvouched of mail to an address that only a mail names: in its text, its Reply-To, or a
 *     field that nothing proves
 * @param unknown of mail to an address that neither a mail nor a contact names
 */
public record RecipientRule(Action unvouched, Action unknown) {
  /** All addresses may be written to. */
  public static final RecipientRule NONE = new RecipientRule(Action.ALLOW, Action.ALLOW);

  /** What is done, from lenient to strict. */
  public enum Action {
    ALLOW,
    /** A person decides. */
    REVIEW,
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
    public static Action of(String word) {
      for (Action one : values()) {
        if (one.word().equals(word.strip().toLowerCase(Locale.ROOT))) {
          return one;
        }
      }
      throw new IllegalArgumentException("must be one of allow, review, refuse");
    }

    Action stricter(Action other) {
      return compareTo(other) >= 0 ? this : other;
    }
  }

  /** What satisfies both rules. */
  RecipientRule stricter(RecipientRule other) {
    return new RecipientRule(unvouched.stricter(other.unvouched), unknown.stricter(other.unknown));
  }

  /** The fields in which the stricter rule differs from this one. */
  List<String> raised(RecipientRule stricter) {
    List<String> fields = new ArrayList<>();
    if (unvouched != stricter.unvouched) {
      fields.add("recipients.unvouched");
    }
    if (unknown != stricter.unknown) {
      fields.add("recipients.unknown");
    }
    return fields;
  }
}
