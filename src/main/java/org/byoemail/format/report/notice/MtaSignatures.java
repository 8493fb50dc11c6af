package org.byoemail.format.report.notice;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The signatures in {@code bounce/signatures.txt}, which describes its own format. */
public final class MtaSignatures {
  private static final Pattern NAME = Pattern.compile("\\[([a-z0-9]+(?:-[a-z0-9]+)*)]");

  /** In the order in which they are tried. */
  public static final List<MtaSignature> ALL = parse(WordLists.lines("signatures.txt"));

  private MtaSignatures() {}

  private enum Key {
    TEXT,
    SUBJECT,
    FROM,
    HEADER,
    RECIPIENT_LABEL,
    RETURNED_MESSAGE;

    static Key parse(String key, WordLists.Line line) {
      for (Key each : values()) {
        if (each.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(key)) {
          return each;
        }
      }
      throw line.invalid("unknown key '" + key + "'");
    }

    boolean isCondition() {
      return this != RECIPIENT_LABEL && this != RETURNED_MESSAGE;
    }
  }

  /**
   * @throws IllegalStateException if the lines are malformed, with file and line
   */
  static List<MtaSignature> parse(List<WordLists.Line> lines) {
    Map<WordLists.Line, Map<Key, List<String>>> sections = new LinkedHashMap<>();
    Map<Key, List<String>> section = null;
    for (WordLists.Line line : lines) {
      if (line.text().startsWith("[")) {
        section = new HashMap<>();
        sections.put(line, section);
      } else if (section == null) {
        throw line.invalid("a phrase above the first [name]");
      } else {
        int colon = line.text().indexOf(':');
        if (colon < 0) {
          throw line.invalid("neither [name] nor key: phrase");
        }
        Key key = Key.parse(line.text().substring(0, colon), line);
        section.computeIfAbsent(key, any -> new ArrayList<>()).add(phrase(key, colon, line));
      }
    }
    Set<String> names = new HashSet<>(Set.of(MtaSignature.UNKNOWN.name()));
    List<MtaSignature> signatures = new ArrayList<>();
    sections.forEach((head, phrases) -> signatures.add(signature(head, phrases, names)));
    return List.copyOf(signatures);
  }

  private static String phrase(Key key, int colon, WordLists.Line line) {
    String phrase = line.text().substring(colon + 1).strip();
    if (phrase.length() > 1 && phrase.startsWith("\"") && phrase.endsWith("\"")) {
      phrase = phrase.substring(1, phrase.length() - 1);
    }
    if (phrase.isBlank()) {
      throw line.invalid("an empty phrase");
    }
    if (key != Key.HEADER && !phrase.equals(phrase.toLowerCase(Locale.ROOT))) {
      throw line.invalid("a phrase that is not in lower case");
    }
    if (key == Key.TEXT && phrase.contains("  ")) {
      throw line.invalid("several blanks count as one");
    }
    return phrase;
  }

  private static MtaSignature signature(
      WordLists.Line head, Map<Key, List<String>> phrases, Set<String> names) {
    var name = NAME.matcher(head.text());
    if (!name.matches()) {
      throw head.invalid("a malformed [name]");
    }
    if (!names.add(name.group(1))) {
      throw head.invalid("a duplicate name");
    }
    if (phrases.keySet().stream().noneMatch(Key::isCondition)) {
      throw head.invalid("a signature without text, subject, from or header matches all mail");
    }
    return new MtaSignature(
        name.group(1),
        phrases.getOrDefault(Key.TEXT, List.of()),
        phrases.getOrDefault(Key.SUBJECT, List.of()),
        phrases.getOrDefault(Key.FROM, List.of()),
        phrases.getOrDefault(Key.HEADER, List.of()),
        phrases.getOrDefault(Key.RECIPIENT_LABEL, List.of()),
        phrases.getOrDefault(Key.RETURNED_MESSAGE, List.of()));
  }
}
