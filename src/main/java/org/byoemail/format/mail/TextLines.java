package org.byoemail.format.mail;

import java.util.Set;

/** Lays out HTML as lines of text: blocks begin lines, list items get a dash. Not thread-safe. */
public final class TextLines {
  private static final Set<String> PARAGRAPHS =
      Set.of("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "pre", "table");
  private static final Set<String> BLOCKS =
      Set.of("div", "tr", "li", "section", "article", "header", "footer", "dt", "dd", "address");

  private final StringBuilder out = new StringBuilder();

  /** Begins an element. */
  public void open(String name) {
    if (name.equals("br") || name.equals("hr")) {
      out.append('\n');
    } else if (PARAGRAPHS.contains(name)) {
      lineBreaks(2);
    } else if (BLOCKS.contains(name)) {
      lineBreaks(1);
      out.append(name.equals("li") ? "- " : "");
    } else if (name.equals("td") || name.equals("th")) {
      blank();
    }
  }

  /** Ends an element. */
  public void close(String name) {
    if (PARAGRAPHS.contains(name)) {
      lineBreaks(2);
    } else if (BLOCKS.contains(name)) {
      lineBreaks(1);
    }
  }

  /** Adds words, as they are. */
  public void verbatim(String text) {
    out.append(text);
  }

  /** Adds words; blanks at their start are collapsed. */
  public void words(String text) {
    if (text.startsWith(" ")) {
      blank();
      out.append(text, 1, text.length());
    } else {
      out.append(text);
    }
  }

  /** Ensures a blank or a line break before what follows. */
  public void blank() {
    if (!out.isEmpty() && !Character.isWhitespace(out.charAt(out.length() - 1))) {
      out.append(' ');
    }
  }

  /** Begins a line unless one has begun. */
  public void line() {
    lineBreaks(1);
  }

  /** How many characters there are so far. */
  public int length() {
    return out.length();
  }

  /** The text added since the position. */
  public String from(int start) {
    return out.substring(Math.min(start, out.length()));
  }

  /** Puts {@code "> "} before each line from the position on, which must be the start of a line. */
  public void quoteFrom(int start) {
    int end = out.length();
    while (end > start && isSpace(out.charAt(end - 1))) {
      end--;
    }
    if (end > start) {
      String quoted = out.substring(start, end);
      int first = 0;
      while (first < quoted.length() && quoted.charAt(first) == '\n') {
        first++;
      }
      out.setLength(start + first);
      quoted.substring(first).lines().forEach(line -> out.append("> ").append(line).append('\n'));
    }
  }

  private static boolean isSpace(char c) {
    return isBlank(c) || c == '\n';
  }

  /** Ends the line, which loses the blanks at its end: to look past them again takes too long. */
  private void lineBreaks(int wanted) {
    int end = out.length();
    while (end > 0 && isBlank(out.charAt(end - 1))) {
      end--;
    }
    out.setLength(end);
    int have = 0;
    while (have < wanted && have < end && out.charAt(end - 1 - have) == '\n') {
      have++;
    }
    out.append("\n".repeat(end == 0 ? 0 : wanted - have));
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\u00A0';
  }

  /** The text, without blanks at the ends of lines and around it. */
  @Override
  public String toString() {
    String text = out.toString();
    StringBuilder clean = new StringBuilder();
    int start = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) {
      int last = end;
      while (last > start && isBlank(text.charAt(last - 1))) {
        last--;
      }
      if (last < end) {
        clean.append(text, start, last);
        start = end;
      }
    }
    return start == 0 ? text.strip() : clean.append(text, start, text.length()).toString().strip();
  }
}
