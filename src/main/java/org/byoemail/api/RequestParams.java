package org.byoemail.api;

import java.util.UUID;
import org.byoemail.setup.FieldsRefused;
import org.jspecify.annotations.Nullable;

/** Reads what a request asks for. */
final class RequestParams {
  private static final int USUAL = 50;
  private static final int MOST = 200;

  private RequestParams() {}

  /** How many rows: 50 unless asked otherwise, 200 at most. */
  static int limit(@Nullable Integer limit) {
    if (limit != null && limit < 1) {
      throw new FieldsRefused("limit", "must be 1 to " + MOST);
    }
    return limit == null ? USUAL : Math.min(limit, MOST);
  }

  /** The id behind which a list goes on. */
  static @Nullable UUID cursor(@Nullable String cursor) {
    return cursor == null || cursor.isEmpty() ? null : id("cursor", cursor);
  }

  /** An id, of a field or a parameter. */
  static UUID id(String field, String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw new FieldsRefused(field, "is no id of ours");
    }
  }
}
