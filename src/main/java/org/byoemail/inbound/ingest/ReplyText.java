package org.byoemail.inbound.ingest;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Finds the new text of a mail, without what was quoted or forwarded. It looks for the lines that
 * mail programs put above a quotation, in the languages that are most common, and for lines that
 * begin with {@code >}. Takes time that grows with the text alone.
 */
final class ReplyText {
  private static final int MAX_ATTRIBUTION_LENGTH = 300;
  private static final int MAX_ATTRIBUTION_LINES = 3;

  /** "On Tuesday, Ann wrote:" and its cousins; it may go over several lines. */
  private static final Pattern ATTRIBUTION =
      Pattern.compile(
          "^(?:on|am|le|el|il|op|em|den|dnia|w dniu|a)\\b.{4,}"
              + "(?:wrote|writes|schrieb|schreef|a écrit|écrit|escribió|ha scritto|escreveu|skrev|napisał\\(?a?\\)?)"
              + "(?: [^:]{0,100})?\\s?:$",
          Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

  private static final Pattern ORIGINAL =
      Pattern.compile(
          "^-{2,}\\s?(?:original message|original appointment|ursprüngliche nachricht|message d'origine|mensaje original"
              + "|messaggio originale|oorspronkelijk bericht|mensagem original)\\s?-{2,}$",
          Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

  private static final Pattern FORWARDED =
      Pattern.compile(
          "^(?:-{2,}\\s?(?:forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado"
              + "|messaggio inoltrato|doorgestuurd bericht)(?: .{0,80})?\\s?-{2,}|begin forwarded message:"
              + "|anfang der weitergeleiteten nachricht:)$",
          Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

  private static final Pattern FROM_LINE =
      Pattern.compile("^\\*?(?:from|von|de|da|van)\\s?:\\*?\\s.+", Pattern.CASE_INSENSITIVE);
  private static final Pattern SENT_LINE =
      Pattern.compile(
          "^\\*?(?:sent|date|gesendet|datum|envoyé|enviado|inviato|verzonden)\\s?:\\*?\\s.+",
          Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

  private final boolean replies;
  private final boolean forwards;

  /**
   * @param replies whether quoted text is left out
   * @param forwards whether forwarded text is left out
   */
  ReplyText(boolean replies, boolean forwards) {
    this.replies = replies;
    this.forwards = forwards;
  }

  /** What is new in the text; all of it where nothing else is. */
  String newIn(String text) {
    List<String> lines = text.lines().toList();
    List<String> kept = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (forwards && FORWARDED.matcher(line).matches() || replies && beginsOriginal(lines, i)) {
        break;
      }
      int attribution = replies ? attributionAt(lines, i) : 0;
      if (attribution > 0 && quotesFrom(lines, i + attribution)) {
        i += attribution - 1;
      } else if (!replies || !line.startsWith(">")) {
        kept.add(lines.get(i));
      }
    }
    String fresh = String.join("\n", kept).strip();
    return fresh.isEmpty() ? text : fresh;
  }

  /** How many lines of attribution begin here. */
  private static int attributionAt(List<String> lines, int at) {
    StringBuilder joined = new StringBuilder();
    for (int count = 1; count <= MAX_ATTRIBUTION_LINES && at + count <= lines.size(); count++) {
      String line = lines.get(at + count - 1).strip();
      if (line.isEmpty() || line.length() + joined.length() > MAX_ATTRIBUTION_LENGTH) {
        return 0;
      }
      joined.append(joined.isEmpty() ? "" : " ").append(line);
      if (line.endsWith(":") && ATTRIBUTION.matcher(joined).matches()) {
        return count;
      }
    }
    return 0;
  }

  /** Whether the next text is quoted, so that a sentence that ends in "wrote:" is none. */
  private static boolean quotesFrom(List<String> lines, int at) {
    for (int i = at; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        return lines.get(i).strip().startsWith(">");
      }
    }
    return true;
  }

  /** The header lines that Outlook puts above all that was there before, or its separator. */
  private static boolean beginsOriginal(List<String> lines, int at) {
    String line = lines.get(at).strip();
    if (ORIGINAL.matcher(line).matches()) {
      return true;
    }
    return line.length() < MAX_ATTRIBUTION_LENGTH
        && FROM_LINE.matcher(line).matches()
        && at + 1 < lines.size()
        && lines.get(at + 1).length() < MAX_ATTRIBUTION_LENGTH
        && SENT_LINE.matcher(lines.get(at + 1).strip()).matches();
  }
}
