package org.byoemail.format.screen;

import java.util.List;
import java.util.Set;

/**
 * What an organisation adds to the examination of its outgoing mail.
 *
 * @param seals how the gateway's own sealed secrets begin, in bytes
 * @param exempt values that are no findings, such as the organisation's own IBAN: as {@link
 *     #normal} writes them
 * @param shownCharacters how many characters of a value are shown at each end, 0 to 4
 */
public record OutgoingRules(
    List<TextPattern> patterns,
    List<WordList> words,
    List<byte[]> seals,
    Set<String> exempt,
    int shownCharacters) {
  /** The most characters of a value that are shown at each end. */
  public static final int MAX_SHOWN = 4;

  /** No own rules. */
  public static final OutgoingRules NONE =
      new OutgoingRules(List.of(), List.of(), List.of(), Set.of(), 0);

  public OutgoingRules {
    patterns = List.copyOf(patterns);
    words = List.copyOf(words);
    seals = List.copyOf(seals);
    exempt = Set.copyOf(exempt);
    if (shownCharacters < 0 || shownCharacters > MAX_SHOWN) {
      throw new IllegalArgumentException("shownCharacters must be from 0 to " + MAX_SHOWN);
    }
  }

  /** A value without blanks and hyphens, in upper case. */
  public static String normal(String value) {
    StringBuilder normal = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c != '-' && !Character.isWhitespace(c) && !Character.isSpaceChar(c)) {
        normal.append(Character.toUpperCase(c));
      }
    }
    return normal.toString();
  }
}
