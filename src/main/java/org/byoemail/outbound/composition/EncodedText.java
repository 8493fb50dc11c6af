package org.byoemail.outbound.composition;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Text of header fields that looks like encoded words (RFC 2047) though it is none: encoded itself,
 * so that it arrives as it was typed and not as what it would stand for.
 */
final class EncodedText {
  /** Of an encoded word, which has 75 characters at most: 45 bytes are 60 in Base64. */
  private static final int BYTES = 45;

  private EncodedText() {}

  /** The text, or where it could be mistaken, its encoded words. */
  static String of(String text) {
    if (!text.contains("=?")) {
      return text;
    }
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    int bytes = 0;
    for (int i = 0; i < text.length(); ) {
      String character = Character.toString(text.codePointAt(i));
      int length = character.getBytes(StandardCharsets.UTF_8).length;
      if (bytes + length > BYTES) {
        words.add(encoded(word.toString()));
        word.setLength(0);
        bytes = 0;
      }
      word.append(character);
      bytes += length;
      i += character.length();
    }
    words.add(encoded(word.toString()));
    return String.join(" ", words);
  }

  private static String encoded(String text) {
    return "=?UTF-8?B?"
        + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))
        + "?=";
  }
}
