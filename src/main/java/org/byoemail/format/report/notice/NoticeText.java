package org.byoemail.format.report.notice;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.byoemail.format.mail.HtmlText;
import org.byoemail.format.mime.MimePart;

/** The text of a mail for people, without the returned mail. */
final class NoticeText {
  /** In bytes: the longest notices have a few kilobytes of explanations. */
  private static final int MAX_BYTES = 64 << 10;

  private static final Set<String> MACHINES =
      Set.of("text/rfc822-headers", "text/rfc822-header", "text/calendar", "text/csv");

  private static final Pattern NAMED_LINK =
      Pattern.compile(
          "(?i)<a\\s[^<>]{0,100}?href=[\"']?mailto:([^\"'<>?\\s@]{1,64}@[^\"'<>?\\s@]{1,255})[^<>]{0,200}>"
              + "([^<>@]{0,100})</a>");

  private NoticeText() {}

  static String of(MimePart root) {
    StringBuilder text = new StringBuilder();
    add(root, text);
    return text.toString();
  }

  private static void add(MimePart part, StringBuilder text) {
    int room = MAX_BYTES - text.length();
    if (room <= 0) {
      return;
    }
    if (part.is("multipart/alternative")) {
      readable(part.children()).ifPresent(chosen -> add(chosen, text));
    } else if (part.is("multipart/*")) {
      part.children().forEach(child -> add(child, text));
    } else if (part.is("text/html")) {
      text.append(HtmlText.of(withAddresses(part.text(room)))).append('\n');
    } else if (part.is("text/*") && !MACHINES.contains(part.type())) {
      text.append(part.text(room)).append('\n');
    }
  }

  /** Adds the address of mailto links whose text is only a name. */
  private static String withAddresses(String html) {
    return NAMED_LINK.matcher(html).replaceAll("$2 &lt;$1&gt;");
  }

  private static java.util.Optional<MimePart> readable(List<MimePart> choices) {
    return choices.stream()
        .filter(choice -> choice.is("text/plain"))
        .findFirst()
        .or(() -> choices.stream().findFirst());
  }
}
