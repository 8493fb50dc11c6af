package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.account.connection.ImapConnection;
import org.byoemail.inbound.mailbox.RemoteFolder.Refused;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds UIDs in an open folder (RFC 9051 section 6.4.4). */
final class ImapSearch {
  private static final long WINDOW = 20_000;
  private static final long MANY_UIDS = 16 << 20;

  /** RFC 9051 section 9, date. */
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d-MMM-yyyy", Locale.ENGLISH);

  private static final Pattern LEAST = Pattern.compile("(?i)\\bMIN\\s+(\\d{1,18})");

  private static final Logger log = LoggerFactory.getLogger(ImapSearch.class);

  private final FolderConnection link;

  ImapSearch(FolderConnection link) {
    this.link = link;
  }

  /** The UIDs above that one, in order: the first of them where they are very many. */
  List<Long> after(long uid) throws MessagingException {
    link.unsolicited().told = false;
    long from = uid + 1;
    // One answer must not name a million mails: a part of them, and there is more.
    for (long window = WINDOW;
        link.unsolicited().exists > WINDOW && link.selected().uidNext() - from > window;
        window *= 2) {
      UidSearchResult found = in(from + ":" + (from + window - 1), uid);
      List<Long> uids = found.lowest();
      if (!uids.isEmpty()) {
        link.unsolicited().told = true;
        return uids;
      }
      from += window;
    }
    // The last mail is in n:* even where its UID is below n (RFC 3501 section 6.4.8).
    UidSearchResult found = in(from + ":*", uid);
    List<Long> uids = found.lowest();
    link.unsolicited().told |= found.isCut();
    return uids;
  }

  /**
   * 0 where there is none. By what the server finds, and not by how many mails it counts: numbers
   * that cannot be read, or contradict each other, must not make history new.
   *
   * @throws MessagingException where the server finds nothing and says that there is something
   */
  long last() throws MessagingException {
    long last = star();
    long next = link.selected().uidNext();
    if (last == 0) {
      last = in("1:*", 0).highest();
    } else if (next > last + 1) {
      last = Math.max(last, in((last + 1) + ":*", 0).highest());
    }
    long exists = Math.max(link.selected().exists(), link.unsolicited().exists);
    if (last > 0 || exists == 0) {
      return last;
    }
    if (next > 1) {
      return next - 1;
    }
    if (next == 1 && exists < 0) {
      return 0;
    }
    throw new MessagingException("the server does not tell which mails there are");
  }

  /** Not every server knows the star by itself. */
  private long star() throws MessagingException {
    try {
      return in("*", 0).highest();
    } catch (Refused e) {
      log.debug("A server does not know its last mail", e);
      return 0;
    }
  }

  /** 0 where there is none. */
  long firstSince(Instant moment) throws MessagingException {
    String since = " SINCE " + DAY.format(moment.atOffset(ZoneOffset.UTC));
    if (link.connection().has("ESEARCH")) {
      long[] least = {-1};
      link.send(
          "UID SEARCH RETURN (MIN)" + since,
          ImapConnection.SHORT_ANSWER,
          0,
          found -> {
            Matcher min = found.is("ESEARCH") ? LEAST.matcher(found.text()) : null;
            if (min != null) {
              least[0] = min.find() ? Long.parseLong(min.group(1)) : 0;
            }
          });
      if (least[0] >= 0) {
        return least[0];
      }
    }
    UidSearchResult found = new UidSearchResult(0);
    link.send("UID SEARCH" + since, MANY_UIDS, 0, found);
    return found.lowest().stream().findFirst().orElse(0L);
  }

  /** Which of those UIDs are there. */
  List<Long> present(String set) throws MessagingException {
    return in(set, 0).lowest();
  }

  private UidSearchResult in(String set, long above) throws MessagingException {
    UidSearchResult found = new UidSearchResult(above);
    link.send("UID SEARCH UID " + set, MANY_UIDS, 0, found);
    return found;
  }
}
