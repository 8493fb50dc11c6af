package org.byoemail.console;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A time on the pages.
 *
 * @param text in UTC, to the second
 * @param iso in ISO 8601
 */
record DisplayTime(String text, String iso) {
  private static final DateTimeFormatter TEXT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  static DisplayTime of(Instant instant) {
    return new DisplayTime(TEXT.format(instant), instant.toString());
  }

  static @Nullable DisplayTime ofNullable(@Nullable Instant instant) {
    return instant == null ? null : of(instant);
  }
}
