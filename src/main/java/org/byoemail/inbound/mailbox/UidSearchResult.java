package org.byoemail.inbound.mailbox;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.byoemail.account.connection.ImapListener;
import org.byoemail.account.connection.ImapResponse;

/**
 * The UIDs that SEARCH responses name (RFC 9051 section 7.3.4), taken in as they come: the lowest
 * of those above a bound, and the highest of all. However many a server names, it needs 80 KB at
 * most.
 */
final class UidSearchResult implements ImapListener {
  private static final int MOST = 5_000;
  private static final int LONGEST = 18;

  private final long above;
  private long[] lowest = new long[16];
  private int count;
  private long highest;
  private boolean cut;

  UidSearchResult(long above) {
    this.above = above;
  }

  @Override
  public void said(ImapResponse response) {
    if (!response.is("SEARCH")) {
      return;
    }
    // By blanks, or by commas where a server takes it for a set; a modification sequence ends it.
    String text = response.text();
    long uid = 0;
    int digits = 0;
    for (int at = 0; at <= text.length(); at++) {
      char c = at < text.length() ? text.charAt(at) : ' ';
      if (c == '(') {
        break;
      }
      if (c >= '0' && c <= '9') {
        uid = digits < LONGEST ? uid * 10 + c - '0' : 0;
        digits++;
      } else if (c == ' ' || c == ',' || c == '\t' || c == '\r') {
        add(digits > LONGEST ? 0 : uid);
        uid = 0;
        digits = 0;
      } else {
        // No number: the word is passed over.
        digits = LONGEST + 1;
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
      if (count == 2 * MOST) {
        sort();
        cut |= count > MOST;
        count = Math.min(count, MOST);
      } else {
        lowest = Arrays.copyOf(lowest, Math.min(2 * MOST, 2 * count));
      }
    }
    lowest[count++] = uid;
  }

  private void sort() {
    long[] sorted = LongStream.of(lowest).limit(count).sorted().distinct().toArray();
    count = sorted.length;
    System.arraycopy(sorted, 0, lowest, 0, count);
  }

  /** The lowest of them, in order and each once. */
  List<Long> lowest() {
    sort();
    cut |= count > MOST;
    count = Math.min(count, MOST);
    return LongStream.of(lowest).limit(count).boxed().toList();
  }

  /** Whether there were more than are kept. */
  boolean isCut() {
    return cut;
  }

  /** The highest that was named, be it above the bound or not; 0 where there was none. */
  long highest() {
    return highest;
  }
}
