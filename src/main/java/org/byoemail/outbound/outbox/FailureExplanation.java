package org.byoemail.outbound.outbox;

import java.util.List;
import org.byoemail.outbound.delivery.RecipientStatus;
import org.jspecify.annotations.Nullable;

/** Says in a sentence why a message failed. */
final class FailureExplanation {
  private static final String EXPIRED = RecipientStatus.EXPIRED.word();

  private FailureExplanation() {}

  /**
   * The sentence.
   *
   * @param lost address, status and words of each recipient that was not reached, between tabs
   * @param recipients how many there are
   * @param lastError the error of the last attempt; null if none
   */
  static String of(List<String> lost, int recipients, @Nullable String lastError) {
    if (lost.isEmpty()) {
      return "It was not sent.";
    }
    String[] first = lost.get(0).split("\t", 3);
    String who =
        lost.size() == recipients
            ? recipients == 1
                ? first[0] + " was not reached"
                : "None of its " + recipients + " recipients was reached"
            : lost.size()
                + " of its "
                + recipients
                + " recipients were not reached, "
                + first[0]
                + " among them";
    return who + ": " + why(first[1], first[2], lastError);
  }

  private static String why(String status, String words, @Nullable String lastError) {
    if (status.equals(EXPIRED)) {
      return "it waited until it expired"
          + (lastError == null ? "." : "; the last error was: " + lastError);
    }
    if (words.isEmpty()) {
      return "no reason is known.";
    }
    return words.matches("(?s)5\\d\\d[ -].*") ? "the server refused it for good: " + words : words;
  }
}
