package org.byoemail.format.mime;

/** Puts lines together that were broken to be sent (format=flowed, RFC 3676). */
final class FlowedText {
  private FlowedText() {}

  /**
   * The text with each paragraph on one line. Quotes keep their marks.
   *
   * @param delSp whether the blank that marks a broken line is no part of the text
   */
  static String of(String text, boolean delSp) {
    StringBuilder out = new StringBuilder(text.length());
    int open = -1;
    int pos = 0;
    while (pos < text.length()) {
      int lineEnd = text.indexOf('\n', pos);
      int end = lineEnd < 0 ? text.length() : lineEnd;
      int depth = pos;
      while (depth < end && text.charAt(depth) == '>') {
        depth++;
      }
      // A blank was put in front of lines that start with one, or look like a quote.
      int start = depth < end && text.charAt(depth) == ' ' ? depth + 1 : depth;
      boolean signature = text.startsWith("-- ", start) && end == start + 3;
      boolean joins = open == depth - pos && !signature;
      if (!joins) {
        out.append(open >= 0 ? "\n" : "").append(text, pos, depth > pos ? start : depth);
      }
      out.append(text, start, end);
      boolean flowed = end > start && text.charAt(end - 1) == ' ' && !signature;
      open = flowed ? depth - pos : -1;
      if (flowed && delSp) {
        out.setLength(out.length() - 1);
      }
      if (!flowed && lineEnd >= 0) {
        out.append('\n');
      }
      pos = end + 1;
    }
    if (open >= 0 && text.endsWith("\n")) {
      out.append('\n');
    }
    return out.toString();
  }
}
