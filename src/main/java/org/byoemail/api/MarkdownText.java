package org.byoemail.api;

import java.util.regex.Pattern;

/** Text as Markdown (CommonMark) that shows it as it is: it gains no headings, links or HTML. */
final class MarkdownText {
  private static final Pattern ANYWHERE = Pattern.compile("[\\\\`*_\\[\\]<>&|~]");

  /** What begins a heading, a list or a rule. */
  private static final Pattern AT_LINE_START =
      Pattern.compile("(?m)^([ \\t]*)(?:([#+=-])|(\\d{1,9})([.)]))");

  private MarkdownText() {}

  static String of(String text) {
    String escaped = ANYWHERE.matcher(text).replaceAll("\\\\$0");
    return AT_LINE_START
        .matcher(escaped)
        .replaceAll(
            found ->
                found.group(2) == null
                    ? found.group(1) + found.group(3) + "\\\\" + found.group(4)
                    : found.group(1) + "\\\\" + found.group(2));
  }
}
