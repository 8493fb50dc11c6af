package org.byoemail.outbound.composition;

import java.util.LinkedHashMap;
import java.util.Map;
import org.byoemail.platform.conversation.Message;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.util.HtmlUtils;

/**
 * Wraps the body of every mail in the operator's template. Without a template, text stays as it is,
 * and HTML that is no whole document is made one. Safe for use by many threads.
 */
@Component
public class BodyTemplates {
  private static final BodyTemplate DOCUMENT =
      new BodyTemplate(
          "<!DOCTYPE html>\n"
              + "<html><head><meta charset=\"utf-8\"></head><body>\n"
              + "{{body}}\n"
              + "</body></html>\n");

  private final BodyTemplateFile text;
  private final BodyTemplateFile html;

  BodyTemplates(TemplateSettings settings) {
    this.text = new BodyTemplateFile(settings.dir().resolve("mail.txt"));
    this.html = new BodyTemplateFile(settings.dir().resolve("mail.html"));
  }

  /** The body of a message in its template. */
  public BodyParts around(Message message) {
    String plain = message.text() == null ? "" : message.text();
    return new BodyParts(aroundText(message, plain), aroundHtml(message));
  }

  private String aroundText(Message message, String plain) {
    BodyTemplate template = text.current();
    return template == null ? plain : template.around(plain, values(message, false));
  }

  private @Nullable String aroundHtml(Message message) {
    String source = message.html();
    if (source == null) {
      return null;
    }
    BodyTemplate template = html.current();
    if (template == null) {
      return isDocument(source) ? source : DOCUMENT.around(source, Map.of());
    }
    return template.around(isDocument(source) ? inside(source) : source, values(message, true));
  }

  private static Map<String, String> values(Message message, boolean escaped) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("subject", message.subject());
    values.put("fromName", message.fromName() == null ? "" : message.fromName());
    values.put("fromAddress", message.from());
    values.put("organization", message.organization().value());
    if (escaped) {
      values.replaceAll((name, value) -> HtmlUtils.htmlEscape(value, "UTF-8"));
    }
    return values;
  }

  private static boolean isDocument(String source) {
    String lower = lower(source);
    return lower.contains("<body") || lower.contains("<html") || lower.contains("<!doctype");
  }

  /** The content of the body of a document, after the styles of its head. */
  private static String inside(String source) {
    String lower = lower(source);
    int body = lower.indexOf("<body");
    int start = body < 0 ? -1 : source.indexOf('>', body);
    if (start < 0) {
      return source;
    }
    int end = lower.lastIndexOf("</body");
    String content = source.substring(start + 1, end > start ? end : source.length());
    return styles(source, lower, body) + content;
  }

  private static String styles(String source, String lower, int before) {
    StringBuilder styles = new StringBuilder();
    for (int from = lower.indexOf("<style"); from >= 0 && from < before; ) {
      int end = lower.indexOf("</style>", from);
      if (end < 0 || end > before) {
        break;
      }
      styles.append(source, from, end + "</style>".length()).append('\n');
      from = lower.indexOf("<style", end);
    }
    return styles.toString();
  }

  // Of the same length, unlike String.toLowerCase: places in the one are places in the other.
  private static String lower(String source) {
    char[] characters = source.toCharArray();
    for (int i = 0; i < characters.length; i++) {
      if (characters[i] >= 'A' && characters[i] <= 'Z') {
        characters[i] += 'a' - 'A';
      }
    }
    return new String(characters);
  }
}
