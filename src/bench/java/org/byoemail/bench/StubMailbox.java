package org.byoemail.bench;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The inbox of one login of a {@link StubImapServer}. Used by the server's one thread. */
final class StubMailbox {
  static final long UID_VALIDITY = 7;

  /** A mail: UIDs count from 1 and nothing is ever removed, so they are its places too. */
  record Mail(long uid, byte[] header, byte[] whole) {}

  private final List<Mail> mails = new ArrayList<>();
  final Set<StubSession> readers = new LinkedHashSet<>();

  /** Puts a mail in and tells those who wait. */
  long deliver(String whole) {
    int end = whole.indexOf("\r\n\r\n") + 4;
    mails.add(
        new Mail(
            mails.size() + 1L,
            whole.substring(0, end).getBytes(StandardCharsets.ISO_8859_1),
            whole.getBytes(StandardCharsets.ISO_8859_1)));
    readers.forEach(reader -> reader.arrived(mails.size()));
    return mails.size();
  }

  int size() {
    return mails.size();
  }

  /** Those of a set such as {@code 3,5:9,12:*}; a star stands for the last one. */
  List<Mail> in(String set) {
    List<Mail> found = new ArrayList<>();
    if (mails.isEmpty()) {
      return found;
    }
    for (String range : set.split(",")) {
      String[] ends = range.split(":");
      long one = number(ends[0]);
      long other = number(ends[ends.length - 1]);
      for (long uid = Math.max(1, Math.min(one, other));
          uid <= Math.min(mails.size(), Math.max(one, other));
          uid++) {
        found.add(mails.get((int) uid - 1));
      }
    }
    return found;
  }

  private long number(String end) {
    return end.equals("*") ? mails.size() : Long.parseLong(end);
  }
}
