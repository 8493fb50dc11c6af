package org.byoemail.inbound.mailbox;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.byoemail.account.connection.ImapListener;
import org.byoemail.account.connection.ImapResponse;

/**
 * Collects the UIDs of SEARCH responses (RFC 3501 section 7.2.5): the lowest ones above a bound,
 * and the highest of all, in at most 80 KB.
 */
final class UidSearchResult implements ImapListener {
  private static final int MAX_UIDS = 5_000;
  private static final int MAX_DIGITS = 18;

  private final long above;
  private long[] lowest = new long[16];
  private int count;
  private long highest;
  private boolean truncated;

  UidSearchResult(long above) {
    this.above = above;
  }

  @Override
  public void said(ImapResponse response) {
    if (!response.is("SEARCH")) {
      return;
    }
    // Separated by blanks, by some servers by commas; (MODSEQ n) ends the list.
    String text = response.text();
    long uid = 0;
    int digits = 0;
    for (int at = 0; at <= text.length(); at++) {
      char c = at < text.length() ? text.charAt(at) : ' ';
      if (c == '(') {
        break;
      }
      if (c >= '0' && c <= '9') {
        uid = digits < MAX_DIGITS ? uid * 10 + c - '0' : 0;
        digits++;
      } else if (c == ' ' || c == ',' || c == '\t' || c == '\r') {
        add(digits > MAX_DIGITS ? 0 : uid);
        uid = 0;
        digits = 0;
      } else {
        // Not a number: skip the word.
        digits = MAX_DIGITS + 1;
      }
    }
  }

  private void add(long uid) {
    if (uid <= 0) {
      return;
    }
    highest = Math.max(highest, uid);
    if (uid <= above) {
      return;
    }
    if (count == lowest.length) {
      if (count == 2 * MAX_UIDS) {
        sort();
        truncated |= count > MAX_UIDS;
        count = Math.min(count, MAX_UIDS);
      } else {
        lowest = Arrays.copyOf(lowest, Math.min(2 * MAX_UIDS, 2 * count));
      }
    }
    lowest[count++] = uid;
  }

  private void sort() {
    long[] sorted = LongStream.of(lowest).limit(count).sorted().distinct().toArray();
    count = sorted.length;
    System.arraycopy(sorted, 0, lowest, 0, count);
  }

  /** The lowest UIDs above the bound, sorted and distinct. */
  List<Long> lowest() {
    sort();
    truncated |= count > MAX_UIDS;
    count = Math.min(count, MAX_UIDS);
    return LongStream.of(lowest).limit(count).boxed().toList();
  }

  /** Whether there were more than {@link #lowest} returns. */
  boolean isTruncated() {
    return truncated;
  }

  /** The highest UID of all; 0 if absent. */
  long highest() {
    return highest;
  }
}
