package org.byoemail.format.html;

import java.util.Locale;

/**
 * Words of a mail that a person does not see.
 *
 * @param source what hides them
 * @param text the words, shortened
 */
public record HiddenText(Source source, String text) {
  /** The maximum length of one text. */
  public static final int MAX_LENGTH = 4_000;

  public HiddenText {
    text = text.length() <= MAX_LENGTH ? text : cut(text, MAX_LENGTH);
  }

  /** Shortens a text without splitting a surrogate pair. */
  static String cut(String text, int length) {
    int end = Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length;
    return text.substring(0, end);
  }

  /** What hides words. */
  public enum Source {
    /** {@code display: none}, the {@code hidden} attribute, or content without a box. */
    DISPLAY,
    /** {@code visibility}. */
    VISIBILITY,
    /** {@code opacity}, also by a filter. */
    OPACITY,
    /** Letters too small to be seen. */
    FONT_SIZE,
    /** The colour of the background, or a transparent one. */
    COLOR,
    /** A place outside of the window. */
    OFF_SCREEN,
    /** A box or a clip without size. */
    CLIPPED,
    /** An element that browsers do not show, such as {@code template}. */
    MARKUP,
    /** A {@code details} that is closed. */
    DETAILS,
    /** A comment. */
    COMMENT,
    /** Shown by Outlook for Windows only. */
    MSO,
    /** The text is in the plain part, but not in the HTML. */
    PLAIN_PART,
    /** Invisible characters without meaning: their code points. */
    CHARACTERS,
    /** Invisible tag characters that spell a text: that text. */
    TAG_CHARACTERS,
    /** Runs of invisible characters that may encode data. */
    INVISIBLE_DATA,
    /** Text that a directional override displays in another order, as it is written. */
    REORDERED;

    /** The name in the API, such as {@code font-size}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
