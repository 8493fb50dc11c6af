package org.byoemail.account.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Which mail of an agent waits for a person, who decides whether it is sent.
 *
 * @param when the mail that is reviewed
 * @param fourEyes whether two people must approve
 * @param expiresAfterHours how long a review waits for a decision
 * @param conversationChanged whether approved mail is reviewed again if its conversation got a new
 *     message before it was sent
 */
public record ReviewRule(
    When when, boolean fourEyes, int expiresAfterHours, boolean conversationChanged) {
  /** The longest wait for a decision. */
  public static final int MAX_HOURS = 720;

  private static final int STANDARD_HOURS = 72;

  /** No mail is reviewed. */
  public static final ReviewRule NEVER = of(When.NEVER);

  public ReviewRule {
    if (expiresAfterHours < 1 || expiresAfterHours > MAX_HOURS) {
      throw new IllegalArgumentException("must be 1 to " + MAX_HOURS);
    }
  }

  /** The mail that is reviewed; each includes the ones before it. */
  public enum When {
    NEVER,
    /** Mail to an address that the agent has neither written to nor has authentic mail from. */
    NEW_CORRESPONDENTS,
    /** And mail to an address that is no mailbox of the organization. */
    EXTERNAL,
    ALWAYS;

    /** The word of the contract and of the database. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Reads the word.
     *
     * @throws IllegalArgumentException naming the words there are
     */
    public static When of(String word) {
      for (When when : values()) {
        if (when.word().equals(word.strip().toLowerCase(Locale.ROOT))) {
          return when;
        }
      }
      throw new IllegalArgumentException(
          "must be one of never, new-correspondents, external, always");
    }
  }

  /** A rule with the standard for everything else. */
  public static ReviewRule of(When when) {
    return new ReviewRule(when, false, STANDARD_HOURS, true);
  }

  /** What satisfies both rules. */
  ReviewRule stricter(ReviewRule other) {
    if (when == When.NEVER || other.when == When.NEVER) {
      ReviewRule one = when == When.NEVER ? other : this;
      return new ReviewRule(
          one.when, fourEyes || other.fourEyes, one.expiresAfterHours, one.conversationChanged);
    }
    return new ReviewRule(
        when.compareTo(other.when) >= 0 ? when : other.when,
        fourEyes || other.fourEyes,
        Math.min(expiresAfterHours, other.expiresAfterHours),
        conversationChanged || other.conversationChanged);
  }

  /** The fields in which the stricter rule differs from this one. */
  List<String> raised(ReviewRule stricter) {
    List<String> fields = new ArrayList<>();
    if (when != stricter.when) {
      fields.add("review.when");
    }
    if (fourEyes != stricter.fourEyes) {
      fields.add("review.fourEyes");
    }
    if (expiresAfterHours != stricter.expiresAfterHours) {
      fields.add("review.expiresAfterHours");
    }
    if (conversationChanged != stricter.conversationChanged) {
      fields.add("review.conversationChanged");
    }
    return fields;
  }
}
