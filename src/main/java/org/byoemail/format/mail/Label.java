package org.byoemail.format.mail;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The name of a label: 1 to {@value #MAX_LENGTH} letters, digits and {@code . _ / -}, of which the
 * first is a letter or a digit. Case does not matter: it is kept in lower case (Unicode NFC).
 *
 * @param name in lower case
 */
public record Label(String name) implements Comparable<Label> {
  /** The longest name, in characters. */
  public static final int MAX_LENGTH = 50;

  /** The rule for names, as error messages state it. */
  public static final String RULE =
      "must be 1 to "
          + MAX_LENGTH
          + " letters, digits and the characters . _ / - , and begin with a letter or a digit";

  private static final Pattern NAME =
      Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{M}\\p{N}._/-]{0," + (MAX_LENGTH - 1) + "}");

  /** Refuses other names. */
  public Label {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(RULE);
    }
  }

  /**
   * Reads a name.
   *
   * @throws IllegalArgumentException with the rule, if it is none
   */
  public static Label parse(String text) {
    if (text.length() > 2 * MAX_LENGTH) {
      throw new IllegalArgumentException(RULE);
    }
    return new Label(Normalizer.normalize(text, Normalizer.Form.NFC).toLowerCase(Locale.ROOT));
  }

  @Override
  public int compareTo(Label other) {
    return name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return name;
  }
}
