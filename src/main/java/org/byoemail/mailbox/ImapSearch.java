package org.byoemail.mailbox;

import jakarta.mail.MessagingException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.connection.ImapResponse;

/** Finds UIDs in an open folder (RFC 9051 section 6.4.4). */
final class ImapSearch {
  private static final long WINDOW = 20_000;
  private static final long MANY_UIDS = 16 << 20;

  /** RFC 9051 section 9, date. */
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d-MMM-yyyy", Locale.ENGLISH);

  private static final Pattern LEAST = Pattern.compile("\\bMIN (\\d{1,18})");

  private final ImapLink link;

  ImapSearch(ImapLink link) {
    this.link = link;
  }

  /** The UIDs above that one, in order: the first of them where they are very many. */
  List<Long> after(long uid) throws MessagingException {
    link.news().told = false;
    long from = uid + 1;
    // One answer must not name a million mails: a part of them, and there is more.
    for (long window = WINDOW;
        link.news().exists > WINDOW && link.selected().uidNext() - from > window;
        window *= 2) {
      List<Long> found = in(from + ":" + (from + window - 1));
      if (!found.isEmpty()) {
        link.news().told = true;
        return found.stream().filter(next -> next > uid).sorted().toList();
      }
      from += window;
    }
    // The last mail is in n:* even where its UID is below n (RFC 3501 section 6.4.8).
    return in(from + ":*").stream().filter(next -> next > uid).sorted().toList();
  }

  /** 0 where there is none. */
  long last() throws MessagingException {
    if (link.news().exists == 0) {
      return 0;
    }
    List<Long> found = in("*");
    if (found.isEmpty()) {
      // Not every server knows the star by itself.
      long next = link.selected().uidNext();
      found = next > 0 ? List.of(next - 1) : in("1:*");
    }
    return found.stream().mapToLong(Long::longValue).max().orElse(0);
  }

  /** 0 where there is none. */
  long firstSince(Instant moment) throws MessagingException {
    String since = " SINCE " + DAY.format(moment.atOffset(ZoneOffset.UTC));
    if (link.connection().has("ESEARCH")) {
      for (ImapResponse found : link.send("UID SEARCH RETURN (MIN)" + since)) {
        Matcher least = found.is("ESEARCH") ? LEAST.matcher(found.text()) : null;
        if (least != null) {
          return least.find() ? Long.parseLong(least.group(1)) : 0;
        }
      }
    }
    return uids(link.send("UID SEARCH" + since, MANY_UIDS)).stream()
        .mapToLong(Long::longValue)
        .min()
        .orElse(0);
  }

  /** Those of a set that are there. */
  List<Long> in(String set) throws MessagingException {
    return uids(link.send("UID SEARCH UID " + set, MANY_UIDS));
  }

  private static List<Long> uids(List<ImapResponse> answer) {
    List<Long> uids = new ArrayList<>();
    for (ImapResponse found : answer) {
      if (found.is("SEARCH")) {
        for (String uid : found.text().split(" ")) {
          if (uid.matches("\\d{1,18}")) {
            uids.add(Long.valueOf(uid));
          }
        }
      }
    }
    return uids;
  }
}
