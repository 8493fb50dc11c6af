package org.byoemail.format.authentication;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A list of tags and values (RFC 6376 section 3.2), as in signatures, keys and DMARC records. */
final class TagList {
  private static final int MAX_TAGS = 50;
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]*");

  private final Map<String, String> values;

  private TagList(Map<String, String> values) {
    this.values = values;
  }

  /** Reads one; empty if it is malformed or names a tag twice. */
  static Optional<TagList> parse(String text) {
    Map<String, String> values = new HashMap<>();
    for (String part : text.split(";", MAX_TAGS + 1)) {
      String tag = part.strip();
      if (tag.isEmpty()) {
        continue;
      }
      int equals = tag.indexOf('=');
      String name = equals < 0 ? "" : tag.substring(0, equals).strip();
      if (!NAME.matcher(name).matches()
          || values.size() == MAX_TAGS
          || values.put(name, tag.substring(equals + 1).strip()) != null) {
        return Optional.empty();
      }
    }
    return Optional.of(new TagList(values));
  }

  @Nullable String get(String name) {
    return values.get(name);
  }

  String get(String name, String otherwise) {
    return values.getOrDefault(name, otherwise);
  }

  /** The value in lower case, without white space. */
  String word(String name, String otherwise) {
    return compact(name, otherwise).toLowerCase(Locale.ROOT);
  }

  /** The value without white space, as Base64 is read. */
  String compact(String name, String otherwise) {
    return get(name, otherwise).replaceAll("[ \t\r\n]", "");
  }
}
