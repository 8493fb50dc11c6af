package org.byoemail.format.mail;

import java.util.Set;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeVisitor;

/**
 * Turns HTML into text for those who read no HTML: blocks become lines, list items get a dash,
 * links keep their address.
 */
public final class HtmlText implements NodeVisitor {
  private static final Set<String> SKIPPED = Set.of("head", "script", "style", "title", "template");
  private static final Set<String> PARAGRAPHS =
      Set.of("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "pre", "table");
  private static final Set<String> BLOCKS =
      Set.of("div", "tr", "li", "section", "article", "header", "footer", "dt", "dd", "address");

  /** Starts at the first blank of a run only, or long runs would take quadratic time. */
  private static final Pattern BLANKS_AT_END =
      Pattern.compile("(?<![ \\t\\u00A0])[ \\t\\u00A0]++\n");

  private static final Pattern DATA = Pattern.compile("(?i)\\bdata:[^\"'>\\s]{100,}+");

  private final StringBuilder out = new StringBuilder();
  private int skipped;
  private int verbatim;

  private HtmlText() {}

  /** The HTML without the files that are written out within it. */
  public static String withoutData(String html) {
    return hasData(html) ? DATA.matcher(html).replaceAll("data:") : html;
  }

  /** Looks for the colon first: to try the whole pattern everywhere takes long. */
  private static boolean hasData(String html) {
    int colon = html.indexOf(':', 4);
    while (colon >= 0 && !html.regionMatches(true, colon - 4, "data", 0, 4)) {
      colon = html.indexOf(':', colon + 1);
    }
    return colon >= 0;
  }

  /** How much of the HTML is read, in characters: hostile HTML takes 150 times its size. */
  public static final int MAX_LENGTH = 1 << 19;

  /** The text of a document or a fragment; never fails. */
  public static String of(String html) {
    HtmlText text = new HtmlText();
    String read = html.substring(0, Math.min(html.length(), MAX_LENGTH));
    Element body = Jsoup.parse(read).body();
    body.traverse(text);
    return BLANKS_AT_END.matcher(text.out).replaceAll("\n").strip();
  }

  @Override
  public void head(Node node, int depth) {
    if (node instanceof TextNode text) {
      append(text);
    } else if (node instanceof Element element) {
      String name = element.normalName();
      skipped += SKIPPED.contains(name) ? 1 : 0;
      verbatim += name.equals("pre") ? 1 : 0;
      open(name);
    }
  }

  private void open(String name) {
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

  @Override
  public void tail(Node node, int depth) {
    if (node instanceof Element element) {
      String name = element.normalName();
      skipped -= SKIPPED.contains(name) ? 1 : 0;
      verbatim -= name.equals("pre") ? 1 : 0;
      if (PARAGRAPHS.contains(name)) {
        lineBreaks(2);
      } else if (BLOCKS.contains(name)) {
        lineBreaks(1);
      } else if (name.equals("a")) {
        link(element);
      }
    }
  }

  private void link(Element anchor) {
    String target = anchor.attr("href").strip();
    if (target.matches("(?i)https?://.*") && !target.equals(anchor.text().strip())) {
      blank();
      out.append('<').append(target).append('>');
    }
  }

  private void append(TextNode node) {
    if (skipped > 0) {
      return;
    }
    String text = verbatim > 0 ? node.getWholeText() : node.text();
    if (verbatim == 0 && text.startsWith(" ")) {
      blank();
      text = text.substring(1);
    }
    out.append(text);
  }

  private void blank() {
    if (!out.isEmpty() && !Character.isWhitespace(out.charAt(out.length() - 1))) {
      out.append(' ');
    }
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
}
