package org.byoemail.format.html;

import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.owasp.html.HtmlPolicyBuilder;
import org.owasp.html.PolicyFactory;
import org.owasp.html.Sanitizers;

/**
 * Sanitizes the HTML of a mail: no scripts, no remote content, no forms. The page is also shown in
 * a sandboxed frame and under a Content-Security-Policy that allows nothing remote; each of the
 * three suffices alone. Safe for use by many threads.
 */
public final class SafeHtml {
  /** How many characters of a mail's HTML are shown. */
  public static final int MAX_LENGTH = 1_000_000;

  /** The Content-Security-Policy of {@link #page}, in a frame of the gateway's own pages. */
  public static final String FRAME_POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox";

  /** For the HTML as it arrived, as a document, and sanitized. */
  private static final long BYTES_PER_CHARACTER = 16;

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,4}%?");
  private static final Pattern COLOR = Pattern.compile("#[0-9a-fA-F]{3,8}|[a-zA-Z]{3,20}");
  private static final PolicyFactory POLICY =
      new HtmlPolicyBuilder()
          .allowElements("h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre", "code", "span", "div")
          .allowElements("center", "font", "address", "dl", "dt", "dd", "s", "del", "ins", "mark")
          .allowElements("a")
          .allowStandardUrlProtocols()
          .allowAttributes("href", "title")
          .onElements("a")
          .requireRelNofollowOnLinks()
          .allowAttributes("width", "height", "border", "cellpadding", "cellspacing")
          .matching(NUMBER)
          .onElements("table", "td", "th", "tr")
          .allowAttributes("bgcolor", "color")
          .matching(COLOR)
          .onElements("table", "td", "th", "tr", "font")
          .toFactory()
          .and(Sanitizers.FORMATTING)
          .and(Sanitizers.BLOCKS)
          .and(Sanitizers.TABLES)
          .and(Sanitizers.STYLES);

  private SafeHtml() {}

  /**
   * The memory that {@link #page} takes, in bytes.
   *
   * @param length of the HTML, in characters
   */
  public static long memory(long length) {
    return Math.min(MAX_LENGTH, length) * BYTES_PER_CHARACTER;
  }

  /** The sanitized page; longer HTML is cut. */
  public static String page(String html) {
    String bounded = html.length() > MAX_LENGTH ? html.substring(0, MAX_LENGTH) : html;
    return "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>Mail</title></head><body>"
        + POLICY.sanitize(withoutPictures(bounded))
        + "</body></html>";
  }

  // A remote picture tells the sender who reads when; its alternative text is shown instead.
  private static String withoutPictures(String html) {
    Document document = Jsoup.parseBodyFragment(html);
    for (Element picture : document.select("img, picture, svg, video, audio, object, embed")) {
      String alt = picture.attr("alt").strip();
      picture.replaceWith(
          new Element("span").text(alt.isEmpty() ? "[picture]" : "[picture: " + alt + "]"));
    }
    document.select("style, title, head").remove();
    document.outputSettings().prettyPrint(false);
    return document.body().html();
  }
}
