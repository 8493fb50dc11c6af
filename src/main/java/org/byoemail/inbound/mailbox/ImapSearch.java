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
  private static final long UID_WINDOW = 20_000;
  private static final long MAX_SEARCH_RESPONSE_BYTES = 16 << 20;

  /** RFC 9051 section 9, date. */
  private static final DateTimeFormatter SEARCH_DATE =
      DateTimeFormatter.ofPattern("d-MMM-yyyy", Locale.ENGLISH);

  private static final Pattern ESEARCH_MIN = Pattern.compile("(?i)\\bMIN\\s+(\\d{1,18})");

  private static final Logger log = LoggerFactory.getLogger(ImapSearch.class);

  private final FolderConnection link;

  ImapSearch(FolderConnection link) {
    this.link = link;
  }

  /** The UIDs above that one, in order; if there are very many, the lowest ones. */
  List<Long> after(long uid) throws MessagingException {
    link.unsolicited().newMail = false;
    long from = uid + 1;
    // One response must not list a million UIDs: search in windows.
    for (long window = UID_WINDOW;
        link.unsolicited().exists > UID_WINDOW && link.selected().uidNext() - from > window;
        window *= 2) {
      UidSearchResult found = search(from + ":" + (from + window - 1), uid);
      List<Long> uids = found.lowest();
      if (!uids.isEmpty()) {
        link.unsolicited().newMail = true;
        return uids;
      }
      from += window;
    }
    // n:* always includes the last mail, even if its UID is below n (RFC 3501 section 6.4.8).
    UidSearchResult found = search(from + ":*", uid);
    List<Long> uids = found.lowest();
    link.unsolicited().newMail |= found.isTruncated();
    return uids;
  }

  /**
   * 0 if the folder is empty. Taken from SEARCH, not from EXISTS: missing or contradictory numbers
   * must not turn old mail into new mail.
   *
   * @throws MessagingException if SEARCH finds nothing although EXISTS says otherwise
   */
  long last() throws MessagingException {
    long last = lastByStar();
    long next = link.selected().uidNext();
    if (last == 0) {
      last = search("1:*", 0).highest();
    } else if (next > last + 1) {
      last = Math.max(last, search((last + 1) + ":*", 0).highest());
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
    throw new MessagingException("the server returns no UIDs for a folder that is not empty");
  }

  /** Not every server accepts * alone. */
  private long lastByStar() throws MessagingException {
    try {
      return search("*", 0).highest();
    } catch (Refused e) {
      log.debug("The server refuses UID SEARCH UID *", e);
      return 0;
    }
  }

  /** 0 if no mail matches. */
  long firstSince(Instant moment) throws MessagingException {
    String since = " SINCE " + SEARCH_DATE.format(moment.atOffset(ZoneOffset.UTC));
    if (link.connection().has("ESEARCH")) {
      long[] lowest = {-1};
      link.send(
          "UID SEARCH RETURN (MIN)" + since,
          ImapConnection.SHORT_ANSWER,
          0,
          found -> {
            Matcher min = found.is("ESEARCH") ? ESEARCH_MIN.matcher(found.text()) : null;
            if (min != null) {
              lowest[0] = min.find() ? Long.parseLong(min.group(1)) : 0;
            }
          });
      if (lowest[0] >= 0) {
        return lowest[0];
      }
    }
    UidSearchResult found = new UidSearchResult(0);
    link.send("UID SEARCH" + since, MAX_SEARCH_RESPONSE_BYTES, 0, found);
    return found.lowest().stream().findFirst().orElse(0L);
  }

  /** Which of those UIDs are there. */
  List<Long> present(String set) throws MessagingException {
    return search(set, 0).lowest();
  }

  private UidSearchResult search(String set, long above) throws MessagingException {
    UidSearchResult found = new UidSearchResult(above);
    link.send("UID SEARCH UID " + set, MAX_SEARCH_RESPONSE_BYTES, 0, found);
    return found;
  }
}
