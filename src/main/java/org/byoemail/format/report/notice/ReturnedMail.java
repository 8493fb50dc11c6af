package org.byoemail.format.report.notice;

import java.util.List;

/** Finds where the returned mail begins in the text of a notice. */
final class ReturnedMail {
  /** How that line starts, after dashes and the like; signatures have more of them. */
  private static final Phrases MARKS =
      new Phrases(
          List.of(
              "original message",
              "the original message follows",
              "the original message is attached",
              "original mail",
              "below this line is a copy",
              "below the next line is a copy",
              "below is a copy of",
              "this is a copy of",
              "a copy of the original message",
              "a copy of your message",
              "a copy of the message",
              "copy of the message",
              "copy of your message",
              "included is a copy of the message",
              "unsent message",
              "undelivered message",
              "returned mail",
              "returned message",
              "start of returned",
              "message header",
              "message body",
              "message text",
              "message contents",
              "headers of the original",
              "the header of the original",
              "header of the original",
              "the headers of the message",
              "the first",
              "your message reads",
              "your original message",
              "a summary of the undelivered message",
              "old message",
              "bounced e-mail",
              "bounced mail",
              "bounced message",
              "rejected message",
              "non-delivered message",
              "failed message",
              "forwarded message",
              "ursprüngliche nachricht",
              "message d'origine",
              "mensaje original",
              "mensagem original",
              "исходное сообщение",
              "元のメッセージ",
              "オリジナルメッセージ"));

  private static final Phrases FIELDS =
      new Phrases(
          List.of(
              "received: from ",
              "received: by ",
              "received:from ",
              "received: (",
              "return-path: "));

  private static final int MAX_HEADER = 32 << 10;
  private static final String MARGIN = "-=*>_#~+| \t.";

  private ReturnedMail() {}

  /** The index of the line; the number of lines if no mail is returned. */
  static int start(List<NoticeLine> lines, MtaSignature signature) {
    Phrases own = new Phrases(signature.returnedMessage());
    for (int i = 0; i < lines.size(); i++) {
      String line = withoutMargin(lines.get(i).lower());
      if (FIELDS.begin(line) || isMark(lines.get(i), line, own)) {
        return i;
      }
    }
    return lines.size();
  }

  /** The header of the mail from there on, without quote marks. */
  static String header(List<NoticeLine> lines, int start) {
    StringBuilder header = new StringBuilder();
    for (int i = start; i < lines.size() && header.length() < MAX_HEADER; i++) {
      NoticeLine line = lines.get(i);
      String text = line.text().startsWith(">") ? line.text().substring(1).strip() : line.text();
      boolean continuation = line.indent() > 0 && !header.isEmpty();
      if (isField(text) || continuation && !text.isEmpty()) {
        header.append(continuation && !isField(text) ? " " : "").append(text).append('\n');
      } else if (!header.isEmpty()) {
        break;
      }
    }
    return header.toString();
  }

  private static boolean isField(String text) {
    int colon = text.indexOf(':');
    if (colon < 2 || colon > 40) {
      return false;
    }
    for (int i = 0; i < colon; i++) {
      char c = text.charAt(i);
      if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c >= '0' && c <= '9')) {
        return false;
      }
    }
    return true;
  }

  private static boolean isMark(NoticeLine whole, String line, Phrases own) {
    if (own.begin(line)) {
      return true;
    }
    if (!MARKS.begin(line)) {
      return false;
    }
    // "The original message was received at ...", "Message text rejected by host" are sentences.
    boolean framed = whole.isHeading() || whole.text().startsWith("--");
    return framed
        || line.endsWith(":")
        || line.contains("follow")
        || line.contains("attached")
        || line.contains("copy of")
        || line.indexOf(' ') < 0
        || line.split(" ", 4).length <= 2;
  }

  private static String withoutMargin(String line) {
    int start = 0;
    while (start < line.length() && MARGIN.indexOf(line.charAt(start)) >= 0) {
      start++;
    }
    int end = line.length();
    while (end > start && "-=*>_#~+| \t".indexOf(line.charAt(end - 1)) >= 0) {
      end--;
    }
    return line.substring(start, end);
  }
}
