package org.byoemail.outbound;

import java.util.Set;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeVisitor;

/** The plain text of an HTML body: paragraphs, list items and the targets of its links. */
final class HtmlText implements NodeVisitor {

  private static final Set<String> HIDDEN = Set.of("head", "script", "style", "template", "title");
  private static final Set<String> PARAGRAPHS =
      Set.of("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre");

  private final StringBuilder text = new StringBuilder();
  private int newLines = 2;
  private boolean space;

  private HtmlText() {}

  static String of(String html) {
    Element document = Jsoup.parse(html);
    document.select(String.join(",", HIDDEN)).remove();
    HtmlText visitor = new HtmlText();
    document.traverse(visitor);
    return visitor.text.toString().strip() + "\n";
  }

  @Override
  public void head(Node node, int depth) {
    if (node instanceof TextNode part) {
      append(part.getWholeText(), isPreformatted(node));
    } else if (node instanceof Element element) {
      switch (element.normalName()) {
        case "br" -> newLine(newLines + 1);
        case "li" -> {
          newLine(1);
          append("- ", true);
        }
        case "img" -> append(element.attr("alt"), false);
        default -> breakAround(element);
      }
    }
  }

  @Override
  public void tail(Node node, int depth) {
    if (!(node instanceof Element element)) {
      return;
    }
    switch (element.normalName()) {
      case "a" -> {
        String target = element.attr("href");
        if (target.matches("(?i)(https?|mailto):.*") && !target.endsWith(element.text().strip())) {
          append(" (" + target + ")", false);
        }
      }
      case "td", "th" -> append(" ", false);
      case "hr" -> append("---", false);
      case "br", "img" -> {}
      default -> breakAround(element);
    }
  }

  private void breakAround(Element element) {
    if (PARAGRAPHS.contains(element.normalName())) {
      newLine(2);
    } else if (element.isBlock()) {
      newLine(1);
    }
  }

  private void newLine(int wanted) {
    space = false;
    while (newLines < Math.min(wanted, 2)) {
      text.append('\n');
      newLines++;
    }
  }

  private void append(String part, boolean preformatted) {
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      if (preformatted && c == '\n') {
        text.append(c);
        newLines++;
      } else if (!preformatted && Character.isWhitespace(c)) {
        space = newLines == 0;
      } else {
        if (space) {
          text.append(' ');
        }
        text.append(c == '\u00a0' ? ' ' : c);
        space = false;
        newLines = 0;
      }
    }
  }

  private static boolean isPreformatted(Node node) {
    return node.parent() instanceof Element parent && parent.closest("pre") != null;
  }
}
