package org.byoemail.format.html;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.byoemail.format.html.HiddenText.Source;
import org.byoemail.format.mail.HtmlText;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.DocumentType;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeFilter;
import org.jsoup.select.NodeTraversor;
import org.jspecify.annotations.Nullable;

/**
 * Reads the text of HTML that a person sees in a light desktop or phone window. Text that is
 * visible in either is visible; text that a mail repeats for each is returned once. On a picture or
 * a gradient every colour counts as visible. Time and memory are bounded. Safe for use by many
 * threads.
 */
public final class VisibleHtml {
  /**
   * Comments and scripts before the body, where a parser puts those that a fragment begins with.
   */
  private static void aroundBody(Document page, PageText text) {
    page.filter(
        (node, depth) -> {
          if (node == page.body()) {
            return NodeFilter.FilterResult.SKIP_ENTIRELY;
          }
          text.outsideBody(node);
          return NodeFilter.FilterResult.CONTINUE;
        });
  }

  private static final List<String> OLD_TYPES =
      List.of(
          "-//ietf//dtd html",
          "-//w3c//dtd html 3",
          "-//w3c//dtd html 4.0 frameset//",
          "-//w3c//dtd html 4.0 transitional//",
          "-//w3c//dtd w3 html//",
          "-//microsoft//dtd internet explorer",
          "-//netscape comm. corp.//dtd");

  private VisibleHtml() {}

  /** Reads the first half million characters of a document or a fragment; never fails. */
  public static VisibleText read(String html) {
    int length = Math.min(html.length(), HtmlText.MAX_LENGTH);
    Document page = Jsoup.parse(html.substring(0, length));
    boolean quirks = isQuirky(page.documentType());
    StyleSheets sheets = styleSheets(page, quirks);
    StyledTexts wide = new StyledTexts(page, sheets, Viewport.WIDE, quirks);
    StyledTexts phone =
        sheets.differsByViewport() ? new StyledTexts(page, sheets, Viewport.PHONE, quirks) : wide;
    boolean whole =
        length == html.length() && sheets.isWhole() && wide.isWhole() && phone.isWhole();
    BitSet twins = new BitSet();
    PageText text = new PageText(seen(page, wide, phone, twins), twins, whole);
    aroundBody(page, text);
    page.body().traverse(text);
    return text.read();
  }

  /** Whether a browser would use quirks mode (HTML, 13.2.6.4.1). */
  private static boolean isQuirky(@Nullable DocumentType type) {
    if (type == null || !type.name().equalsIgnoreCase("html")) {
      return true;
    }
    String id = type.publicId().toLowerCase(Locale.ROOT);
    boolean old =
        OLD_TYPES.stream().anyMatch(id::startsWith)
            || type.systemId().isEmpty()
                && (id.startsWith("-//w3c//dtd html 4.01 frameset//")
                    || id.startsWith("-//w3c//dtd html 4.01 transitional//"));
    return old || id.equals("html");
  }

  private static StyleSheets styleSheets(Document page, boolean quirks) {
    StyleSheets sheets = new StyleSheets(quirks);
    List<Element> styles = page.getElementsByTag("style");
    for (Element style : styles) {
      sheets.addVariables(style.data());
    }
    for (Element style : styles) {
      String type = style.attr("type").strip();
      int viewports = MediaQuery.viewports(style.attr("media"));
      boolean read = type.isEmpty() || type.equalsIgnoreCase("text/css");
      if (read && viewports != 0 && !isInert(style)) {
        sheets.add(style.data(), viewports);
      }
    }
    return sheets;
  }

  private static boolean isInert(Element style) {
    Element above = style.parent();
    for (int i = 0; above != null && i < 50; i++) {
      if (above.normalName().equals("template")) {
        return true;
      }
      above = above.parent();
    }
    return false;
  }

  /**
   * What hides each text of the page, in order; null if it is visible.
   *
   * @param twins receives texts that repeat another one for the other viewport
   */
  private static @Nullable Source[] seen(
      Document page, StyledTexts wide, StyledTexts phone, BitSet twins) {
    @Nullable Source[] hidden = wide.hidden();
    if (phone == wide) {
      return hidden;
    }
    @Nullable Source[] onPhone = phone.hidden();
    List<String> texts = new ArrayList<>();
    NodeTraversor.traverse(
        (node, depth) -> {
          if (node instanceof TextNode text) {
            texts.add(text.isBlank() ? "" : text.text().strip().toLowerCase(Locale.ROOT));
          }
        },
        page.body());
    Map<String, Integer> wideOnly = new HashMap<>();
    for (int i = 0; i < hidden.length; i++) {
      if (hidden[i] == null && onPhone[i] != null) {
        wideOnly.merge(texts.get(i), 1, Integer::sum);
      }
    }
    @Nullable Source[] both = hidden.clone();
    for (int i = 0; i < hidden.length; i++) {
      if (hidden[i] != null && onPhone[i] == null) {
        boolean twin = wideOnly.getOrDefault(texts.get(i), 0) > 0;
        if (twin) {
          wideOnly.merge(texts.get(i), -1, Integer::sum);
        }
        both[i] = twin ? hidden[i] : null;
        twins.set(i, twin);
      }
    }
    return both;
  }
}
