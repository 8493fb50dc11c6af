package org.byoemail.inbound.mailbox;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.byoemail.account.connection.ImapResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The data items of one FETCH response (RFC 9051 section 7.5.2). */
final class FetchedItems {
  private static final Logger log = LoggerFactory.getLogger(FetchedItems.class);

  /** RFC 9051 section 9, date-time: a day of one digit has a space before it. */
  private static final DateTimeFormatter DATE_TIME =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .appendPattern("d-MMM-yyyy HH:mm:ss Z")
          .toFormatter(Locale.ENGLISH);

  private final Map<String, @Nullable Object> items;

  private FetchedItems(Map<String, @Nullable Object> items) {
    this.items = items;
  }

  /** Null for any other response, and for one that is malformed or has no UID. */
  static @Nullable FetchedItems of(ImapResponse response) {
    if (!response.is("FETCH")) {
      return null;
    }
    try {
      FetchedItems items = new FetchedItems(response.fetched());
      return items.number("UID") > 0 ? items : null;
    } catch (IllegalArgumentException e) {
      log.debug("A malformed FETCH response is ignored", e);
      return null;
    }
  }

  long uid() {
    return number("UID");
  }

  /** 0 if the server sent none. */
  long size() {
    return number("RFC822.SIZE");
  }

  /** Null if the server sent none, or a malformed one. */
  @Nullable Instant internalDate() {
    if (!(items.get("INTERNALDATE") instanceof String text)) {
      return null;
    }
    try {
      return ZonedDateTime.parse(text.strip(), DATE_TIME).toInstant();
    } catch (DateTimeException e) {
      log.debug("A malformed INTERNALDATE is ignored", e);
      return null;
    }
  }

  /** EMAILID (RFC 8474) or X-GM-MSGID (Gmail); null if absent or malformed. */
  @Nullable String emailId() {
    Object id = items.get("EMAILID") == null ? items.get("X-GM-MSGID") : items.get("EMAILID");
    Object first = id instanceof List<?> list && !list.isEmpty() ? list.get(0) : id;
    return first instanceof String text && text.matches("[A-Za-z0-9_-]{1,255}") ? text : null;
  }

  /** The bytes of the body section that was requested; null if the server did not return it. */
  byte @Nullable [] body() {
    Object body = part();
    return body instanceof byte[] literal
        ? literal
        : body instanceof String text ? text.getBytes(StandardCharsets.ISO_8859_1) : null;
  }

  /** Whether the server returned NIL for the body section. */
  boolean isNil() {
    return items.keySet().stream().anyMatch(FetchedItems::isPart) && part() == null;
  }

  private @Nullable Object part() {
    for (Map.Entry<String, @Nullable Object> item : items.entrySet()) {
      if (isPart(item.getKey())) {
        return item.getValue();
      }
    }
    return null;
  }

  private static boolean isPart(String item) {
    return item.startsWith("BODY[");
  }

  private long number(String name) {
    return items.get(name) instanceof String text && text.matches("\\d{1,18}")
        ? Long.parseLong(text)
        : 0;
  }
}
