package org.byoemail.format.report.notice;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.byoemail.format.mail.EmailAddress;

/**
 * An address within a line.
 *
 * @param start where it starts, with the bracket or quote around it
 * @param end where it ends, likewise
 */
record FoundAddress(EmailAddress address, int start, int end) {
  private static final String LOCAL = "!#$%&'*+/=?^_`{|}~.-";
  private static final int MAX_LOCAL = 80;
  private static final int MAX_IN_LINE = 20;

  /** Prefixes of an address without a blank, as in {@code SMTP=a@example.org}. */
  private static final List<String> PREFIXES = List.of("smtp=", "to=", "rcpt=");

  /** The addresses of a line, in order; found from their {@code @}. */
  static List<FoundAddress> in(String line) {
    List<FoundAddress> found = new ArrayList<>();
    int from = 0;
    for (int at = line.indexOf('@'); at >= 0; at = line.indexOf('@', at + 1)) {
      Optional<FoundAddress> address = around(line, at, from);
      if (address.isPresent()) {
        found.add(address.get());
        from = address.get().end();
      }
      if (found.size() == MAX_IN_LINE) {
        break;
      }
    }
    return found;
  }

  private static Optional<FoundAddress> around(String line, int at, int from) {
    int start = localStart(line, at, from);
    int end = at + 1;
    while (end < line.length() && isOfDomain(line.charAt(end))) {
      end++;
    }
    while (end > at + 1 && ".-".indexOf(line.charAt(end - 1)) >= 0) {
      end--;
    }
    try {
      EmailAddress address = EmailAddress.parse(line.substring(start, end));
      return Optional.of(new FoundAddress(address, outer(line, start, from), close(line, end)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static int localStart(String line, int at, int from) {
    int floor = Math.max(from, at - MAX_LOCAL);
    if (at > floor && line.charAt(at - 1) == '"') {
      int quote = line.lastIndexOf('"', at - 2);
      return quote >= floor ? quote : at;
    }
    int start = at;
    while (start > floor && isOfLocalPart(line.charAt(start - 1))) {
      start--;
    }
    while (start < at && "'`*.-=/|{".indexOf(line.charAt(start)) >= 0) {
      start++;
    }
    String local = line.substring(start, at).toLowerCase(Locale.ROOT);
    for (String prefix : PREFIXES) {
      if (local.startsWith(prefix)) {
        return start + prefix.length();
      }
    }
    return start;
  }

  private static boolean isOfLocalPart(char c) {
    return Character.isLetterOrDigit(c) || LOCAL.indexOf(c) >= 0;
  }

  private static boolean isOfDomain(char c) {
    return Character.isLetterOrDigit(c) || c == '.' || c == '-';
  }

  /** Where the brackets in front of it start. */
  private static int outer(String line, int start, int from) {
    int outer = start;
    if (outer - 7 >= from && line.regionMatches(true, outer - 7, "mailto:", 0, 7)) {
      outer -= 7;
    }
    while (outer > from && "<\"'(`".indexOf(line.charAt(outer - 1)) >= 0) {
      outer--;
    }
    return outer;
  }

  private static int close(String line, int end) {
    int close = end;
    while (close < line.length() && ">\"')`".indexOf(line.charAt(close)) >= 0) {
      close++;
    }
    return close;
  }
}
