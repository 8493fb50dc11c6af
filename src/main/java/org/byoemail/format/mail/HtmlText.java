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
  private static final Pattern DATA = Pattern.compile("(?i)\\bdata:[^\"'>\\s]{100,}+");

  private final TextLines lines = new TextLines();
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
    return text.lines.toString();
  }

  @Override
  public void head(Node node, int depth) {
    if (node instanceof TextNode text) {
      append(text);
    } else if (node instanceof Element element) {
      String name = element.normalName();
      skipped += SKIPPED.contains(name) ? 1 : 0;
      verbatim += name.equals("pre") ? 1 : 0;
      lines.open(name);
    }
  }

  @Override
  public void tail(Node node, int depth) {
    if (node instanceof Element element) {
      String name = element.normalName();
      skipped -= SKIPPED.contains(name) ? 1 : 0;
      verbatim -= name.equals("pre") ? 1 : 0;
      lines.close(name);
      if (name.equals("a")) {
        link(element);
      }
    }
  }

  private void link(Element anchor) {
    String target = anchor.attr("href").strip();
    if (target.matches("(?i)https?://.*") && !target.equals(anchor.text().strip())) {
      lines.blank();
      lines.verbatim("<" + target + ">");
    }
  }

  private void append(TextNode node) {
    if (skipped > 0) {
      return;
    }
    if (verbatim > 0) {
      lines.verbatim(node.getWholeText());
    } else {
      lines.words(node.text());
    }
  }
}
