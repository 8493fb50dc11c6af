package org.byoemail.outbound.composition;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.format.mail.HtmlText;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.DefaultUrlSanitizer;
import org.commonmark.renderer.html.HtmlRenderer;
import org.jsoup.nodes.Entities;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a message body: plain text, and HTML where there is any. Both are made from a body
 * in Markdown or HTML; plain text stays alone, and unchanged.
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
  private static final String LINE_STARTS = "#-*+`~|:1";

  /** Lines that nobody writes who does not write Markdown; a single list item may be prose. */
  private static final Pattern MARKDOWN_LINE =
      Pattern.compile(
          "#{1,6} +[^\\s#]|```|~~~|\\|?(?: *:?-{3,}:? *\\|)+"
              + "|(?<bullet>[-*+]) +\\S[^\n]*\n\\k<bullet> +\\S"
              + "|1(?<after>[.)]) +\\S[^\n]*\n2\\k<after> +\\S");

  private static final String INLINE_STARTS = "*[";
  private static final Pattern MARKDOWN_INLINE =
      Pattern.compile(
          "(?<![\\w*])\\*\\*[^\\s*](?:[^*\n]*[^\\s*])?\\*\\*(?![\\w*])"
              + "|\\[[^\\]\n]{1,200}]\\((?:https?://|mailto:|tel:|cid:)[^()\\s]{1,500}[)\\s]");
  private static final List<String> SIGNATURE_MARKS = List.of("-- \n", "--\n");

  private static final List<Extension> EXTENSIONS = List.of(TablesExtension.create());
  private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();
  private static final HtmlRenderer TO_HTML =
      HtmlRenderer.builder()
          .extensions(EXTENSIONS)
          .escapeHtml(true)
          .sanitizeUrls(true)
          .softbreak("<br />\n")
          .attributeProviderFactory(
              context ->
                  (node, tag, attributes) -> {
                    if (node instanceof TableBlock) {
                      attributes.put("border", "1");
                      attributes.put("cellpadding", "6");
                      attributes.put("style", "border-collapse:collapse");
                    }
                  })
          .urlSanitizer(new DefaultUrlSanitizer(List.of("http", "https", "mailto", "tel", "cid")))
          .build();

  /** What a body is written in. */
  public enum Format {
    /** HTML or Markdown if it is that beyond doubt, else plain text. */
    AUTO,
    TEXT,
    MARKDOWN,
    HTML;

    /** The format of that name in lower case; empty if absent. */
    public static Optional<Format> of(String word) {
      return Arrays.stream(values())
          .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(word))
          .findFirst();
    }
  }

  /** A body of any format. What is only taken for Markdown stays as it is in the plain part. */
  public static BodyParts of(String body, Format format) {
    return switch (format) {
      case TEXT -> of(body, (String) null);
      case HTML -> of(null, body);
      case MARKDOWN -> isBounded(body) ? ofMarkdown(body, true) : of(body, (String) null);
      case AUTO -> detect(body);
    };
  }

  private static BodyParts detect(String body) {
    if (isHtml(body)) {
      return of(null, body);
    }
    return looksLikeMarkdown(body) && isBounded(body)
        ? ofMarkdown(body, false)
        : of(body, (String) null);
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

  /**
   * Both parts of a body in Markdown.
   *
   * @param rendered whether the plain part is rendered too
   */
  private static BodyParts ofMarkdown(String body, boolean rendered) {
    String text = lines(body);
    // Or its mark would make a heading of the line before, and its lines would be joined.
    int mark = signatureMark(text);
    boolean isSigned = mark >= 0;
    String signature = isSigned ? text.substring(text.indexOf('\n', mark) + 1) : "";
    try {
      Node document = PARSER.parse(isSigned ? text.substring(0, Math.max(0, mark - 1)) : text);
      String html = TO_HTML.render(document);
      String plain = rendered ? MarkdownText.of(document, text.length()) + "\n" : text;
      if (isSigned) {
        String lines = Entities.escape(signature.strip()).replace("\n", "<br />\n");
        html += "<p>-- <br />\n" + lines + "</p>\n";
        plain = rendered ? plain + "\n-- \n" + signature : plain;
      }
      return new BodyParts(plain, html);
    } catch (StackOverflowError | MarkdownText.TooNested e) {
      // The library recurses, and has no limit to set: nothing that deep was meant as Markdown.
      return of(body, (String) null);
    }
  }

  /** Where the last line begins that is the mark of a signature; -1 if absent. */
  private static int signatureMark(String text) {
    int last = -1;
    for (String mark : SIGNATURE_MARKS) {
      int within = text.lastIndexOf("\n" + mark);
      last = Math.max(last, within >= 0 ? within + 1 : text.startsWith(mark) ? 0 : -1);
    }
    return last;
  }

  private static boolean isHtml(String body) {
    return body.indexOf('<') >= 0
        && (HTML_START.matcher(body).lookingAt()
            || HTML_END.matcher(CODE.matcher(body).replaceAll("")).find());
  }

  private static boolean isBounded(String body) {
    return body.length() <= MAX_MARKDOWN
        && body.chars().filter(c -> c == '<' || c == '[').count() <= MAX_BRACKETS
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
      startsLine = false;
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
