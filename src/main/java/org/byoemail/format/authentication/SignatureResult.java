package org.byoemail.format.authentication;

import java.util.List;
import java.util.Locale;

/**
 * What became of one DKIM signature.
 *
 * @param domain who signed ({@code d=})
 * @param uncovered fields that were read but not signed, so that somebody may have added or changed
 *     them
 * @param reason why it is no pass; empty if it is one
 */
public record SignatureResult(
    String domain, String selector, State state, List<String> uncovered, String reason) {

  /** The kinds of result. A pass proves its domain; nothing else proves anything. */
  public enum State {
    PASS,
    /** Body or signed fields were changed since, perhaps by a server on the way. */
    FAIL,
    /** It verifies, but proves nothing: a length limit, a test key, a short key. */
    DISTRUSTED,
    EXPIRED,
    /** There is no such key, or no longer. */
    NO_KEY,
    /** DNS did not answer. */
    DNS,
    /** Not looked at, since others decide already or there are too many. */
    SKIPPED;

    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public SignatureResult {
    uncovered = List.copyOf(uncovered);
  }

  public boolean passes() {
    return state == State.PASS;
  }
}
