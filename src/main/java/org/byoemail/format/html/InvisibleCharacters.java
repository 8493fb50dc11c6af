package org.byoemail.format.html;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.byoemail.format.html.HiddenText.Source;
import org.jspecify.annotations.Nullable;

/**
 * Removes invisible characters from a text where they have no meaning: joiners stay where RFC 5892
 * (A.1 and A.2) allows them and in emoji, directional marks next to right-to-left letters,
 * variation selectors after a character, tags in flags. One pass over the text.
 */
public final class InvisibleCharacters {
  private static final int ZWNJ = 0x200C;
  private static final int ZWJ = 0x200D;
  private static final int SOFT_HYPHEN = 0xAD;
  private static final int BLACK_FLAG = 0x1F3F4;
  private static final int CANCEL_TAG = 0xE007F;

  /** A run of this many characters may encode data, unless it repeats itself. */
  private static final int LONG_RUN = 16;

  private static final Pattern WIDE_GAPS = Pattern.compile("\\s{2,}");
  private static final int MAX_ENTRIES = 20;
  private static final int MAX_SHOWN = 1_000;

  private final int[] text;
  private final StringBuilder kept = new StringBuilder();

  /** The text as it was, where nothing is to be removed; otherwise null. */
  private final @Nullable String whole;

  private final Map<Integer, Integer> counts = new TreeMap<>();
  private final List<HiddenText> removed = new ArrayList<>();
  private boolean rightToLeft;

  private InvisibleCharacters(int[] text, @Nullable String whole) {
    this.text = text;
    this.whole = whole;
  }

  /** Reads a text. Most texts have no such characters, and cost one comparison per character. */
  public static InvisibleCharacters in(String text) {
    if (!hasInvisible(text)) {
      return new InvisibleCharacters(new int[0], text);
    }
    InvisibleCharacters read = new InvisibleCharacters(text.codePoints().toArray(), null);
    read.read();
    return read;
  }

  private static boolean hasInvisible(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == SOFT_HYPHEN || c >= 0x34F && (isInvisible(c) || c >= 0xDB40 && c <= 0xDB43)) {
        return true;
      }
    }
    return false;
  }

  /** The text without them. */
  public String text() {
    return whole == null ? kept.toString() : whole;
  }

  /** What was taken out; soft hyphens are not mentioned. */
  public List<HiddenText> removed() {
    return removed;
  }

  /** The text without the filler characters of newsletter previews. */
  static String withoutFiller(String text) {
    if (isPlain(text)) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean filler = c == SOFT_HYPHEN || c == 0xA0 || c == 0x2007 || c == 0x34F || isInvisible(c);
      if (!filler || c == ZWNJ && isBetweenLetters(text, i) || c == ZWJ) {
        out.append(filler && c != ZWNJ && c != ZWJ ? ' ' : c);
      } else if (c == 0xA0 || c == 0x2007) {
        out.append(' ');
      }
    }
    return WIDE_GAPS.matcher(out).replaceAll(" ");
  }

  /** Whether it is ASCII with single blanks. */
  private static boolean isPlain(String text) {
    boolean blank = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean space = c == ' ' || c >= '\t' && c <= '\r';
      if (c > 126 || space && blank) {
        return false;
      }
      blank = space;
    }
    return true;
  }

  private static boolean isBetweenLetters(String text, int at) {
    return at > 0
        && at + 1 < text.length()
        && Character.isLetter(text.charAt(at - 1))
        && Character.isLetter(text.charAt(at + 1));
  }

  private void read() {
    int lineStart = -1;
    for (int i = 0; i < text.length; i++) {
      if (i > lineStart) {
        lineStart = lineEnd(i);
        rightToLeft = hasRightToLeft(i, lineStart);
      }
      int c = text[i];
      if (!isInvisible(c)) {
        if (c != SOFT_HYPHEN) {
          kept.appendCodePoint(c);
        }
        continue;
      }
      int end = i + 1;
      while (end < text.length && isInvisible(text[end])) {
        end++;
      }
      run(i, end);
      i = end - 1;
    }
    if (!counts.isEmpty()) {
      removed.add(
          new HiddenText(
              Source.CHARACTERS,
              counts.entrySet().stream()
                  .limit(30)
                  .map(each -> "U+%04X x%d".formatted(each.getKey(), each.getValue()))
                  .collect(Collectors.joining(", "))));
    }
  }

  private int lineEnd(int from) {
    int end = from;
    while (end < text.length && text[end] != '\n') {
      end++;
    }
    return end;
  }

  private boolean hasRightToLeft(int from, int to) {
    for (int i = from; i < to; i++) {
      if (isRightToLeft(text[i])) {
        return true;
      }
    }
    return false;
  }

  /** Classifies a run of invisible characters. */
  private void run(int start, int end) {
    if (end - start >= LONG_RUN && !hasTagOrOverride(start, end) && !repeats(start, end)) {
      note(Source.INVISIBLE_DATA, points(start, end));
      return;
    }
    int at = start;
    while (at < end) {
      if (isTag(text[at])) {
        int flag = at > 0 && text[at - 1] == BLACK_FLAG ? flagEnd(at, end) : at;
        append(at, flag);
        at = flag > at ? flag : tags(at, end);
      } else if (isOverride(text[at])) {
        override(at++);
      } else if (isKept(at)) {
        kept.appendCodePoint(text[at++]);
      } else {
        counts.merge(text[at++], 1, Integer::sum);
      }
    }
  }

  private boolean hasTagOrOverride(int start, int end) {
    for (int i = start; i < end; i++) {
      if (isTag(text[i]) || isOverride(text[i])) {
        return true;
      }
    }
    return false;
  }

  private void append(int start, int end) {
    for (int i = start; i < end; i++) {
      kept.appendCodePoint(text[i]);
    }
  }

  /** The end of the tag sequence of a flag, such as Scotland's; the start if it is not one. */
  private int flagEnd(int start, int end) {
    int at = start;
    while (at < end && at - start < 7 && isTag(text[at]) && text[at] != CANCEL_TAG) {
      at++;
    }
    boolean flag = at < end && text[at] == CANCEL_TAG && at - start >= 3;
    return flag ? at + 1 : start;
  }

  private int tags(int start, int end) {
    StringBuilder spelt = new StringBuilder();
    int at = start;
    while (at < end && isTag(text[at])) {
      int letter = text[at] - 0xE0000;
      if (letter >= ' ' && letter < 0x7F && spelt.length() < MAX_SHOWN) {
        spelt.append((char) letter);
      }
      at++;
    }
    note(Source.TAG_CHARACTERS, spelt.toString());
    return at;
  }

  /** An override reorders what follows it up to its end; alone it has no effect. */
  private void override(int start) {
    StringBuilder turned = new StringBuilder();
    int at = start + 1;
    while (at < text.length && text[at] != '\n' && text[at] != 0x202C && turned.length() < 100) {
      turned.appendCodePoint(text[at++]);
    }
    boolean reorders =
        turned
            .codePoints()
            .anyMatch(
                c -> Character.isLetterOrDigit(c) && (text[start] == 0x202D) == isRightToLeft(c));
    if (reorders) {
      note(Source.REORDERED, turned.toString());
    } else {
      counts.merge(text[start], 1, Integer::sum);
    }
  }

  private void note(Source source, String words) {
    if (removed.size() < MAX_ENTRIES) {
      removed.add(new HiddenText(source, words));
    }
  }

  private String points(int start, int end) {
    StringBuilder out = new StringBuilder();
    for (int i = start; i < end && out.length() < MAX_SHOWN; i++) {
      out.append(out.isEmpty() ? "" : " ").append("U+%04X".formatted(text[i]));
    }
    return out.toString();
  }

  /** Whether a run repeats the same few characters, as fillers of previews do. */
  private boolean repeats(int start, int end) {
    for (int period = 1; period <= 4; period++) {
      int at = start + period;
      while (at < end && text[at] == text[at - period]) {
        at++;
      }
      if (at == end) {
        return true;
      }
    }
    return false;
  }

  private boolean isKept(int at) {
    int c = text[at];
    int before = at > 0 ? text[at - 1] : 0;
    int after = at + 1 < text.length ? text[at + 1] : 0;
    if (c == ZWNJ) {
      return JoinerContext.isVirama(before) || JoinerContext.joinsAround(text, at);
    }
    if (c == ZWJ) {
      return JoinerContext.isVirama(before)
          || JoinerContext.isVirama(after) && Character.isLetter(before)
          || isInEmoji(before) && isInEmoji(after)
          || JoinerContext.joinsAround(text, at);
    }
    if (c >= 0xFE00 && c <= 0xFE0F) {
      return before > ' ' && !isInvisible(before) && !Character.isWhitespace(before);
    }
    if (c >= 0xE0100 && c <= 0xE01EF) {
      return Character.isIdeographic(before);
    }
    return rightToLeft && (c == 0x200E || c == 0x200F || c == 0x61C || c >= 0x2066 && c <= 0x2069);
  }

  private static boolean isInEmoji(int c) {
    return c >= 0x1F000 && c <= 0x1FAFF || c >= 0x2190 && c <= 0x2BFF || c == 0xFE0F;
  }

  private static boolean isRightToLeft(int c) {
    byte direction = Character.getDirectionality(c);
    return direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT
        || direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;
  }

  private static boolean isTag(int c) {
    return c >= 0xE0000 && c <= 0xE007F;
  }

  private static boolean isOverride(int c) {
    return c == 0x202D || c == 0x202E;
  }

  /** The default ignorable code points of Unicode, except the soft hyphen. */
  private static boolean isInvisible(int c) {
    if (c < 0x34F) {
      return false;
    }
    return c == 0x34F
        || c == 0x61C
        || c == 0x115F
        || c == 0x1160
        || c == 0x17B4
        || c == 0x17B5
        || c >= 0x180B && c <= 0x180F
        || c >= 0x200B && c <= 0x200F
        || c >= 0x202A && c <= 0x202E
        || c >= 0x2060 && c <= 0x206F
        || c == 0x3164
        || c >= 0xFE00 && c <= 0xFE0F
        || c == 0xFEFF
        || c == 0xFFA0
        || c >= 0xFFF0 && c <= 0xFFFB
        || c >= 0x1BCA0 && c <= 0x1BCA3
        || c >= 0x1D173 && c <= 0x1D17A
        || c >= 0xE0000 && c <= 0xE0FFF;
  }
}
