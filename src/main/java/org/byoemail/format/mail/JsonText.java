package org.byoemail.format.mail;

import java.util.regex.Pattern;

/** JSON as PostgreSQL's jsonb can hold it. */
public final class JsonText {
  // After an even number of backslashes; after an odd one it is text that merely looks like it.
  private static final Pattern NUL = Pattern.compile("(?<!\\\\)((?:\\\\\\\\)*+)\\\\u0000");

  private JsonText() {}

  /** Without NUL characters, which jsonb has no place for; text that looks like one stays. */
  public static String withoutNul(String json) {
    return json.contains("\\u0000") ? NUL.matcher(json).replaceAll("$1") : json;
  }
}
