package org.byoemail.format.mail;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the encoded words of a header value (RFC 2047), also the broken ones: characters cut in
 * two between words, blanks inside a word, a last word whose end is missing.
 */
public final class EncodedWords {
  private static final int MAX_CHARSET_NAME = 60;
  private static final int MAX_UNENDED = 1_000;

  private final String source;
  private final StringBuilder out = new StringBuilder();

  /** Words that follow each other in one charset are one run of bytes. */
  private final ByteArrayOutputStream run = new ByteArrayOutputStream();

  /** Base64 text of the run that is not decoded yet: it may be cut anywhere. */
  private final StringBuilder base64 = new StringBuilder();

  private @Nullable String runCharset;
  private boolean guessed;
  private boolean broken;

  /** Where the last word of all ends, which is looked for once: a field may begin thousands. */
  private int lastEnd = Integer.MAX_VALUE;

  private EncodedWords(String source) {
    this.source = source;
  }

  /** Where the word ends that starts there; -1 where none does, or where another starts in it. */
  static int end(String source, int start) {
    int encoding = source.indexOf('?', start + 2) + 1;
    if (encoding == 0
        || encoding - start > MAX_CHARSET_NAME
        || encoding + 1 >= source.length()
        || source.charAt(encoding + 1) != '?'
        || "bBqQ".indexOf(source.charAt(encoding)) < 0) {
      return -1;
    }
    for (int i = encoding + 2; i + 1 < source.length(); i++) {
      if (source.startsWith("?=", i)) {
        return i + 2;
      }
      if (source.startsWith("=?", i) && !source.startsWith("=?=", i)) {
        return -1;
      }
    }
    return -1;
  }

  /**
   * A value with its words decoded.
   *
   * @param text with its blanks as they were sent
   * @param charsetGuessed whether words in it are in another charset than they say, or in one that
   *     nobody knows
   * @param encodingBroken whether the Base64 of a word went on after its padding
   */
  public record Read(String text, boolean charsetGuessed, boolean encodingBroken) {}

  /** The value as a person reads it, with runs of white space made one blank. */
  public static String decode(String value) {
    return onOneLine(read(value).text).strip();
  }

  /** Runs of blanks and of ASCII control characters as one blank. */
  private static String onOneLine(String text) {
    int first = 0;
    while (first < text.length()
        && (!isBlank(text.charAt(first))
            || text.charAt(first) == ' '
                && first + 1 < text.length()
                && !isBlank(text.charAt(first + 1)))) {
      first++;
    }
    if (first == text.length()) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length()).append(text, 0, first);
    boolean blank = false;
    for (int i = first; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isBlank(c)) {
        out.append(c);
      } else if (!blank) {
        out.append(' ');
      }
      blank = isBlank(c);
    }
    return out.toString();
  }

  private static boolean isBlank(char c) {
    return c <= ' ' || c == 0x7F;
  }

  /** The value with its words decoded and all else left alone. */
  public static Read read(String value) {
    if (!value.contains("=?")) {
      return new Read(value, false, false);
    }
    EncodedWords words = new EncodedWords(value);
    String text = words.decode();
    return new Read(text, words.guessed, words.broken);
  }

  private String decode() {
    int pos = 0;
    while (pos < source.length()) {
      int start = source.indexOf("=?", pos);
      Word word = start < 0 ? null : wordAt(start);
      int plainEnd = start < 0 ? source.length() : word == null ? start + 2 : start;
      String plain = source.substring(pos, plainEnd);
      if (word == null || runCharset == null || !plain.isBlank()) {
        endRun();
        out.append(plain);
      }
      pos = plainEnd;
      if (word != null) {
        append(word);
        pos = word.end;
      }
    }
    endRun();
    return out.toString();
  }

  private record Word(String charset, char encoding, String text, int end) {}

  private @Nullable Word wordAt(int start) {
    int charsetEnd = source.indexOf('?', start + 2);
    if (charsetEnd < 0
        || charsetEnd == start + 2
        || charsetEnd - start > MAX_CHARSET_NAME
        || charsetEnd + 2 >= source.length()
        || source.charAt(charsetEnd + 2) != '?') {
      return null;
    }
    char encoding = Character.toUpperCase(source.charAt(charsetEnd + 1));
    if (encoding != 'B' && encoding != 'Q') {
      return null;
    }
    int textStart = charsetEnd + 3;
    int textEnd = textEnd(textStart, encoding);
    int end = textEnd + 2;
    if (textEnd < 0 && source.length() - textStart > MAX_UNENDED) {
      return null;
    }
    if (textEnd < 0) {
      textEnd = source.length();
      end = textEnd;
    }
    String text = source.substring(textStart, textEnd);
    if (end == textEnd && text.chars().anyMatch(Character::isWhitespace)) {
      return null;
    }
    String charset = source.substring(start + 2, charsetEnd);
    int language = charset.indexOf('*');
    return new Word(
        (language < 0 ? charset : charset.substring(0, language)).toLowerCase(Locale.ROOT),
        encoding,
        text,
        end);
  }

  /** Where the text of a word ends: not at a question mark in it that was not encoded. */
  private int textEnd(int start, char encoding) {
    if (lastEnd == Integer.MAX_VALUE) {
      lastEnd = source.lastIndexOf("?=");
    }
    int end = start > lastEnd ? -1 : source.indexOf("?=", start);
    int word = encoding == 'Q' && end >= 0 ? source.indexOf("=?", end + 2) : -1;
    while (encoding == 'Q'
        && end >= 0
        && end + 3 < source.length()
        && Character.digit(source.charAt(end + 2), 16) >= 0
        && Character.digit(source.charAt(end + 3), 16) >= 0) {
      int next = source.indexOf("?=", end + 2);
      if (next < 0 || word >= 0 && word < next) {
        break;
      }
      end = next;
    }
    return end;
  }

  private void append(Word word) {
    if (runCharset != null && !runCharset.equals(word.charset)) {
      endRun();
    }
    runCharset = word.charset;
    if (word.encoding == 'B') {
      base64.append(word.text);
      if (word.text.endsWith("=")) {
        endBase64();
      }
    } else {
      endBase64();
      quotedPrintable(word.text);
    }
  }

  private void quotedPrintable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int high = c == '=' && i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
      int low = high < 0 ? -1 : Character.digit(text.charAt(i + 2), 16);
      if (c == '_') {
        run.write(' ');
      } else if (low >= 0) {
        run.write(high << 4 | low);
        i += 2;
      } else if (c < 128) {
        run.write(c);
      } else {
        String character = Character.toString(text.codePointAt(i));
        run.writeBytes(character.getBytes(StandardCharsets.UTF_8));
        i += character.length() - 1;
      }
    }
  }

  private void endBase64() {
    if (!base64.isEmpty()) {
      byte[] ascii = base64.toString().getBytes(StandardCharsets.US_ASCII);
      broken |= Base64Reader.isBroken(ByteSlice.of(ascii));
      run.writeBytes(Base64Reader.decode(ascii, 0, ascii.length));
      base64.setLength(0);
    }
  }

  private void endRun() {
    if (runCharset != null) {
      endBase64();
      Charsets.Decoded read = Charsets.read(run.toByteArray(), runCharset);
      out.append(read.text());
      guessed |= read.guessed();
      run.reset();
      runCharset = null;
    }
  }
}
