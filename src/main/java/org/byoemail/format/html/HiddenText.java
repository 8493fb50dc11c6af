package org.byoemail.format.html;

import java.util.Locale;

/**
 * Words of a mail that a person does not see.
 *
 * @param source what hides them
 * @param text the words, shortened
 */
public record HiddenText(Source source, String text) {
  /** The most characters of one text. */
  public static final int MAX_LENGTH = 4_000;

  public HiddenText {
    text = text.length() <= MAX_LENGTH ? text : cut(text, MAX_LENGTH);
  }

  /** The start of a text, without half a character at its end. */
  static String cut(String text, int length) {
    int end = Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length;
    return text.substring(0, end);
  }

  /** What can hide words. */
  public enum Source {
    /** {@code display: none}, the attribute {@code hidden}, or content that has no box. */
    DISPLAY,
    /** {@code visibility}. */
    VISIBILITY,
    /** {@code opacity}, also by a filter. */
    OPACITY,
    /** Letters too small to be seen. */
    FONT_SIZE,
    /** The colour of what is behind the words, or none. */
    COLOR,
    /** A place outside of the window. */
    OFF_SCREEN,
    /** A box or a clip without size. */
    CLIPPED,
    /** An element that is shown by no browser, such as {@code template}. */
    MARKUP,
    /** A {@code details} that is closed. */
    DETAILS,
    /** A comment. */
    COMMENT,
    /** Shown by Outlook for Windows only. */
    MSO,
    /** The plain part has it, the HTML does not. */
    PLAIN_PART,
    /** Characters without a shape, which carry nothing: the places in the Unicode standard. */
    CHARACTERS,
    /** Tag characters, which spell a text that nobody sees: that text. */
    TAG_CHARACTERS,
    /** Characters without a shape in a row that may carry data. */
    INVISIBLE_DATA,
    /** Text that a directional override shows in another order, as it is written. */
    REORDERED;

    /** The word for it, for example {@code font-size}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
