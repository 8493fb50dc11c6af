package org.byoemail.format.mime;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What raw text in a header is in that is no UTF-8: what the mail names elsewhere. */
final class HeaderCharset {
  private static final Pattern WORD =
      Pattern.compile("=\\?([\\w.:-]{2,40})(?:\\*\\w{0,8})?\\?[bBqQ]\\?");

  private HeaderCharset() {}

  /**
   * The header with its raw text in the charset of its type, of an encoded word in it, or else in
   * that one.
   *
   * @param other what other parts of the mail name; null if none does
   */
  static HeaderReader.Header applied(HeaderReader.Header header, @Nullable String other) {
    if (!header.isGuessed()) {
      return header;
    }
    String own = HeaderParameters.parse(header.first("Content-Type").orElse(null)).get("charset");
    String named = own.isEmpty() ? inWords(header) : own;
    String found = named == null ? other : named;
    return found == null ? header : header.in(found);
  }

  private static @Nullable String inWords(HeaderReader.Header header) {
    for (HeaderReader.Field each : header.fields()) {
      String value = each.field().value();
      Matcher word = WORD.matcher(value);
      if (value.contains("=?") && word.find()) {
        return word.group(1);
      }
    }
    return null;
  }
}
