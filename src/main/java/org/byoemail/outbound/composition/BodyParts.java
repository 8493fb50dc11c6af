package org.byoemail.outbound.composition;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.format.mail.HtmlText;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.DefaultUrlSanitizer;
import org.commonmark.renderer.html.HtmlRenderer;
import org.commonmark.renderer.text.LineBreakRendering;
import org.commonmark.renderer.text.TextContentRenderer;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a message body: plain text, and HTML where there is any. Both are made from a body
 * in Markdown or HTML; plain text stays alone.
 */
public record BodyParts(String text, @Nullable String html) {

  // A person's Markdown is far below these; above them reading it takes time that grows with the
  // square of its length.
  private static final int MAX_MARKDOWN = 200_000;
  private static final int MAX_BRACKETS = 4_000;
  private static final Pattern NESTED =
      Pattern.compile("(?m)^(?:[ \\t]*(?:>|[*+-][ \\t]|\\d{1,9}[.)][ \\t])[ \\t]*+){50}");

  private static final Pattern CODE = Pattern.compile("(?s)```.*?(?:```|$)|`[^`\n]*`");
  private static final Pattern HTML_START =
      Pattern.compile(
          "(?i)\\s*<(?:!doctype\\s+html|html|head|body|p|div|table|h[1-6]|ul|ol|a|span|img|br|b|i|strong|em|style|center|font|section|article|blockquote|hr|pre|!--)[\\s/>].*",
          Pattern.DOTALL);
  private static final Pattern HTML_END =
      Pattern.compile(
          "(?i)</(?:html|body|p|div|table|tr|td|h[1-6]|ul|ol|li|a|span|b|i|u|strong|em|font|center|blockquote|pre)\\s*>|<br\\s*/?>");
  private static final String LINE_STARTS = "#-*+>`~|:0123456789";
  private static final Pattern MARKDOWN_LINE =
      Pattern.compile(
          " {0,3}(?:#{1,6} +\\S|[-*+] +\\S|\\d{1,9}[.)] +\\S|>|```|~~~|\\|?(?: *:?-{3,}:? *\\|)+)");
  private static final String INLINE_STARTS = "*_`[";
  private static final Pattern MARKDOWN_INLINE =
      Pattern.compile(
          "\\*\\*\\S|__\\S|(?<![\\w*])\\*[^\\s*][^*\n]*\\*(?!\\w)"
              + "|(?<!\\w)_[^\\s_][^_\n]*_(?!\\w)|`[^`\n]+`|\\[[^\\]\n]{1,200}]\\([^()\\s]{1,500}[)\\s]");

  private static final List<Extension> EXTENSIONS = List.of(TablesExtension.create());
  private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();
  private static final HtmlRenderer TO_HTML =
      HtmlRenderer.builder()
          .extensions(EXTENSIONS)
          .escapeHtml(true)
          .sanitizeUrls(true)
          .urlSanitizer(new DefaultUrlSanitizer(List.of("http", "https", "mailto", "tel", "cid")))
          .build();
  private static final TextContentRenderer TO_TEXT =
      TextContentRenderer.builder()
          .extensions(EXTENSIONS)
          .lineBreakRendering(LineBreakRendering.SEPARATE_BLOCKS)
          .build();

  /** A body of any of the three kinds. */
  public static BodyParts detect(String body) {
    if (isHtml(body)) {
      return of(null, body);
    }
    return isMarkdown(body) ? ofMarkdown(body) : of(body, null);
  }

  /** Given parts: text is made from HTML where there is HTML alone. */
  public static BodyParts of(@Nullable String text, @Nullable String html) {
    if (text != null) {
      return new BodyParts(lines(text), html == null ? null : lines(html));
    }
    return html == null
        ? new BodyParts("", null)
        : new BodyParts(HtmlText.of(html) + "\n", lines(html));
  }

  private static BodyParts ofMarkdown(String body) {
    try {
      Node document = PARSER.parse(lines(body));
      return new BodyParts(TO_TEXT.render(document) + "\n", TO_HTML.render(document));
    } catch (StackOverflowError e) {
      // The library recurses, and has no limit to set: nothing that deep was meant as Markdown.
      return of(body, null);
    }
  }

  private static boolean isHtml(String body) {
    return body.indexOf('<') >= 0
        && (HTML_START.matcher(body).lookingAt()
            || HTML_END.matcher(CODE.matcher(body).replaceAll("")).find());
  }

  private static boolean isMarkdown(String body) {
    return body.length() <= MAX_MARKDOWN
        && body.chars().filter(c -> c == '<' || c == '[').count() <= MAX_BRACKETS
        && looksLikeMarkdown(body)
        && !NESTED.matcher(body).find();
  }

  // Every submission comes here: a pattern is only tried where its first character stands.
  private static boolean looksLikeMarkdown(String body) {
    Matcher line = MARKDOWN_LINE.matcher(body);
    Matcher inline =
        MARKDOWN_INLINE.matcher(body).useTransparentBounds(true).useAnchoringBounds(false);
    boolean startsLine = true;
    int lineStart = 0;
    for (int i = 0; i < body.length(); i++) {
      char c = body.charAt(i);
      if (c == '\n' || c == '\r') {
        startsLine = true;
        lineStart = i + 1;
        continue;
      }
      if (startsLine
          && LINE_STARTS.indexOf(c) >= 0
          && line.region(lineStart, body.length()).lookingAt()) {
        return true;
      }
      startsLine &= c == ' ';
      if (INLINE_STARTS.indexOf(c) >= 0 && inline.region(i, body.length()).lookingAt()) {
        return true;
      }
    }
    return false;
  }

  private static String lines(String text) {
    return text.replace("\r\n", "\n").replace('\r', '\n');
  }
}
