package org.byoemail.api;

/** Cuts texts by characters, never between the halves of a surrogate pair. */
final class TextTruncation {
  private TextTruncation() {}

  /** The start of a text. */
  static String start(String text, int characters) {
    return text.substring(0, end(text, 0, characters));
  }

  /** Where a piece of at most that many characters ends; it has one character at least. */
  static int end(String text, int from, int characters) {
    int end = (int) Math.min(text.length(), (long) from + characters);
    boolean divided =
        end > from
            && end < text.length()
            && Character.isHighSurrogate(text.charAt(end - 1))
            && Character.isLowSurrogate(text.charAt(end));
    return divided ? (end - 1 > from ? end - 1 : end + 1) : end;
  }
}
