package org.byoemail.platform.search;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where a page of hits starts. The newest hits come first, ranked; the others follow by time.
 *
 * @param newest the lowest id of the time when the search began: later messages do not move the
 *     pages
 * @param rank of the last hit; null: it was one of those by time
 * @param last the id of the last hit
 */
record SearchCursor(UUID newest, @Nullable Double rank, UUID last) {

  String text() {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(
            (newest + "|" + (rank == null ? "" : rank.toString()) + "|" + last)
                .getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * Reads the text form.
   *
   * @throws SearchRefused if it is no cursor of a search
   */
  static SearchCursor read(String text) {
    try {
      String[] parts =
          new String(Base64.getUrlDecoder().decode(text), StandardCharsets.US_ASCII)
              .split("\\|", -1);
      if (parts.length == 3) {
        Double rank = parts[1].isEmpty() ? null : Double.valueOf(parts[1]);
        return new SearchCursor(UUID.fromString(parts[0]), rank, UUID.fromString(parts[2]));
      }
    } catch (IllegalArgumentException e) {
      // Refused below.
    }
    throw new SearchRefused("cursor", "must be the next of the previous page of the same search");
  }
}
