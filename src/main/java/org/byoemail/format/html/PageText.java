package org.byoemail.format.html;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.byoemail.format.html.HiddenText.Source;
import org.byoemail.format.mail.HtmlText;
import org.byoemail.format.mail.TextLines;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Comment;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeVisitor;
import org.jspecify.annotations.Nullable;

/** Sorts the texts of a page into visible and hidden ones. */
final class PageText implements NodeVisitor {
  private static final int MAX_ALT = 200;
  private static final int MAX_PREHEADER = 300;
  private static final int MAX_HIDDEN = 64 << 10;
  private static final int MAX_ENTRIES = 200;
  private static final int MAX_LINKS = 200;
  private static final int MAX_LINK_TEXT = 300;
  private static final int MAX_TARGET = 2_000;
  private static final int MAX_QUOTES = 8;

  private static final int MAX_ANCHORS = 100;
  private static final int MAX_CONDITIONALS = 100;
  private static final Pattern BLANKS = Pattern.compile("\\s+");
  private static final Pattern WEB = Pattern.compile("(?i)https?://");
  private static final Pattern TAG_END = Pattern.compile("^\\s*>");
  private static final Set<String> FIELDS = Set.of("form", "input", "textarea", "select");

  /** Where the text of an element began. */
  private record Place(Element element, int start) {}

  private final @Nullable Source[] seen;
  private final BitSet twins;
  private final boolean whole;
  private final TextLines lines = new TextLines();
  private final List<HiddenText> hidden = new ArrayList<>();
  private final List<String> alternatives = new ArrayList<>();
  private final List<DisplayedLink> links = new ArrayList<>();
  private final StringBuilder run = new StringBuilder();
  private final StringBuilder preheader = new StringBuilder();
  private final Deque<Place> quotes = new ArrayDeque<>();
  private final Deque<Place> anchors = new ArrayDeque<>();
  private @Nullable Source runSource;
  private int conditionals;
  private boolean began;
  private boolean script;
  private boolean form;
  private int hiddenCharacters;
  private int alternativeCharacters;
  private int next;
  private int verbatim;

  /**
   * @param seen what hides each text of the page, in order
   * @param twins texts that repeat another one for the other viewport
   * @param whole whether everything was within the bounds
   */
  PageText(@Nullable Source[] seen, BitSet twins, boolean whole) {
    this.seen = seen;
    this.twins = twins;
    this.whole = whole;
  }

  VisibleText read() {
    endRun();
    if (preheader.length() >= MAX_PREHEADER) {
      hidden.add(0, new HiddenText(Source.DISPLAY, preheader.toString()));
      preheader.setLength(0);
    }
    InvisibleCharacters shown = InvisibleCharacters.in(lines.toString());
    hidden.addAll(shown.removed());
    return new VisibleText(
        shown.text(),
        hidden,
        preheader.toString(),
        alternatives,
        links,
        script,
        form,
        whole && alternativeCharacters < MAX_HIDDEN);
  }

  @Override
  public void head(Node node, int depth) {
    if (node instanceof TextNode text) {
      if (!twins.get(next)) {
        text(text, seen[next]);
      }
      next++;
    } else if (node instanceof Comment comment) {
      comment(comment.getData());
    } else if (node instanceof Element element) {
      open(element);
    }
  }

  /** Looks at content outside of the body. */
  void outsideBody(Node node) {
    if (node instanceof Comment comment) {
      comment(comment.getData());
    } else if (node instanceof Element element) {
      script |= isScript(element, element.normalName());
    }
  }

  private void text(TextNode node, @Nullable Source source) {
    if (source != null) {
      hide(source, node.text());
      return;
    }
    boolean blank = node.isBlank();
    if (!blank) {
      endRun();
      began = true;
    }
    if (verbatim > 0) {
      lines.verbatim(node.getWholeText());
    } else {
      lines.words(node.text());
    }
  }

  private void hide(Source source, String text) {
    String words = InvisibleCharacters.withoutFiller(text).strip();
    if (words.isEmpty()) {
      return;
    }
    if (!began && source != Source.MARKUP && source != Source.DETAILS) {
      preheader.append(preheader.isEmpty() ? "" : " ").append(words);
      return;
    }
    if (source != runSource) {
      endRun();
      runSource = source;
    }
    if (run.length() < HiddenText.MAX_LENGTH) {
      run.append(run.isEmpty() ? "" : " ").append(words);
    }
  }

  private void endRun() {
    Source source = runSource;
    if (source != null && !run.isEmpty()) {
      keep(source, run.toString());
    }
    run.setLength(0);
    runSource = null;
  }

  private void keep(Source source, String words) {
    if (hidden.size() < MAX_ENTRIES && hiddenCharacters < MAX_HIDDEN) {
      hidden.add(new HiddenText(source, words));
      hiddenCharacters += Math.min(words.length(), HiddenText.MAX_LENGTH);
    }
  }

  private void comment(String data) {
    String start = data.substring(0, Math.min(data.length(), 60)).strip().toLowerCase(Locale.ROOT);
    if (data.isBlank() || hiddenCharacters >= MAX_HIDDEN) {
      return;
    }
    if (start.startsWith("[if") && conditionals++ < MAX_CONDITIONALS) {
      int from = data.indexOf(']');
      String inner = TAG_END.matcher(data.substring(from + 1)).replaceFirst("");
      String words = HtmlText.of(withoutXml(cut(inner, 20_000))).strip();
      if (!words.isEmpty()) {
        keep(Source.MSO, cut(words, HiddenText.MAX_LENGTH));
      }
    } else if (!start.startsWith("[") && data.strip().contains(" ")) {
      keep(Source.COMMENT, cut(data.strip(), 1_000));
    }
  }

  /** Office keeps its settings there. */
  private static String withoutXml(String html) {
    int start = html.indexOf("<xml>");
    int end = html.indexOf("</xml>", start + 1);
    return start < 0 || end < 0 ? html : html.substring(0, start) + html.substring(end + 6);
  }

  private static String cut(String text, int length) {
    return text.length() <= length ? text : HiddenText.cut(text, length);
  }

  private void open(Element element) {
    String name = element.normalName();
    verbatim += name.equals("pre") ? 1 : 0;
    script |= isScript(element, name);
    form |= FIELDS.contains(name) && !element.attr("type").equalsIgnoreCase("hidden");
    lines.open(name);
    if (name.equals("img") && isShown(element)) {
      alternative(element.attr("alt"));
    } else if (isQuote(element, name)) {
      lines.line();
      quotes.push(new Place(element, lines.length()));
    } else if (name.equals("a") && anchors.size() < MAX_ANCHORS) {
      anchors.push(new Place(element, lines.length()));
    }
  }

  /** A picture is hidden if a text in its place would be, so the next text decides. */
  private static boolean isShown(Element image) {
    String style = image.attr("style").toLowerCase(Locale.ROOT).replace(" ", "");
    return !style.contains("display:none")
        && !image.attr("width").equals("1")
        && !image.attr("height").equals("1")
        && !image.hasAttr("hidden");
  }

  private void alternative(String alt) {
    String words = BLANKS.matcher(alt.strip()).replaceAll(" ");
    if (!words.isEmpty()) {
      String shown = cut(words, MAX_ALT);
      if (alternativeCharacters < MAX_HIDDEN) {
        alternatives.add(shown);
        alternativeCharacters += shown.length();
      }
      lines.blank();
      lines.verbatim("[image: " + shown + "]");
    }
  }

  private static boolean isScript(Element element, String name) {
    if (name.equals("script")) {
      String type = element.attr("type").toLowerCase(Locale.ROOT);
      return !type.contains("json") && !type.startsWith("text/x-");
    }
    return element.attributesSize() > 0 && hasHandler(element);
  }

  private static boolean hasHandler(Element element) {
    for (Attribute attribute : element.attributes()) {
      if (isHandler(attribute)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isHandler(Attribute attribute) {
    String name = attribute.getKey();
    return name.length() > 4
            && name.regionMatches(true, 0, "on", 0, 2)
            && !attribute.getValue().isBlank()
        || name.equalsIgnoreCase("href")
            && attribute.getValue().strip().regionMatches(true, 0, "javascript:", 0, 11);
  }

  /**
   * The markup of mail clients around the quoted message; a blockquote alone may be any quotation.
   */
  private boolean isQuote(Element element, String name) {
    return quotes.size() < MAX_QUOTES
        && name.equals("blockquote")
        && (element.attr("type").equalsIgnoreCase("cite")
            || element.hasClass("gmail_quote")
            || element.hasAttr("cite"));
  }

  @Override
  public void tail(Node node, int depth) {
    if (!(node instanceof Element element)) {
      return;
    }
    String name = element.normalName();
    verbatim -= name.equals("pre") ? 1 : 0;
    Place quote = quotes.peek();
    if (quote != null && quote.element == element) {
      quotes.pop();
      lines.line();
      lines.quoteFrom(quote.start);
    }
    lines.close(name);
    Place anchor = anchors.peek();
    if (anchor != null && anchor.element == element) {
      anchors.pop();
      link(element, anchor.start);
    }
  }

  private void link(Element anchor, int start) {
    String target = anchor.attr("href").strip();
    boolean empty = lines.length() <= start;
    if (!WEB.matcher(target).lookingAt() || empty && anchor.selectFirst("img") == null) {
      return;
    }
    String shown = lines.from(start).strip();
    if (links.size() < MAX_LINKS) {
      links.add(new DisplayedLink(cut(shown, MAX_LINK_TEXT), cut(target, MAX_TARGET)));
    }
    if (!target.equals(shown)) {
      lines.blank();
      lines.verbatim("<" + target + ">");
    }
  }
}
