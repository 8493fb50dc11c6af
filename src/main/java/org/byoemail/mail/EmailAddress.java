package org.byoemail.mail;

import java.net.IDN;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * One address, {@code local@domain} (RFC 5321 section 4.1.2, RFC 6531), in the form that it is
 * compared and stored in: lower case throughout, the domain as A-labels, the part before the @
 * without quotes where it needs none and in quotes where its dots are not as an address has them.
 * Japanese carriers issued such addresses ({@code a..b@docomo.ne.jp}); quoted, they are valid.
 *
 * <p>Lower-casing the local part is a choice: no provider of mailboxes tells two apart by case.
 */
public record EmailAddress(String value) implements Comparable<EmailAddress> {
  private static final int MAX_LENGTH = 254;
  private static final int MAX_LOCAL_PART = 64;
  private static final Pattern DOT_ATOM =
      Pattern.compile(
          "[\\p{L}\\p{M}\\p{N}!#$%&'*+/=?^_`{|}~-]+(\\.[\\p{L}\\p{M}\\p{N}!#$%&'*+/=?^_`{|}~-]+)*");
  private static final Pattern OTHER_DOTS =
      Pattern.compile("[\\p{L}\\p{M}\\p{N}!#$%&'*+/=?^_`{|}~.-]+");
  private static final Pattern QUOTED =
      Pattern.compile("\"([^\"\\\\\\p{Cntrl}]|\\\\[^\\p{Cntrl}])*\"");
  private static final Pattern DOMAIN =
      Pattern.compile(
          "([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");

  /**
   * Reads a bare address, without display name or angle brackets.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  public static EmailAddress parse(String text) {
    String trimmed = text.strip();
    if (trimmed.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("the address is longer than 254 characters");
    }
    int at = trimmed.lastIndexOf('@');
    if (at < 1 || at == trimmed.length() - 1) {
      throw new IllegalArgumentException("an address has the form local@domain");
    }
    String local = trimmed.substring(0, at);
    if (local.length() > MAX_LOCAL_PART) {
      throw new IllegalArgumentException("the part before @ is longer than 64 characters");
    }
    String value = local(local) + "@" + domain(trimmed.substring(at + 1));
    if (value.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("the address is longer than 254 characters");
    }
    return new EmailAddress(value);
  }

  private static String local(String text) {
    String local = Normalizer.normalize(text, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    if (DOT_ATOM.matcher(local).matches()) {
      return local;
    }
    if (OTHER_DOTS.matcher(local).matches()) {
      return '"' + local + '"';
    }
    if (!QUOTED.matcher(local).matches()) {
      throw new IllegalArgumentException("the part before @ has characters an address cannot have");
    }
    String content = local.substring(1, local.length() - 1).replaceAll("\\\\(.)", "$1");
    return DOT_ATOM.matcher(content).matches()
        ? content
        : '"' + content.replaceAll("([\"\\\\])", "\\\\$1") + '"';
  }

  private static String domain(String text) {
    String ascii;
    try {
      ascii = IDN.toASCII(text, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("the part after @ is no domain name", e);
    }
    if (!DOMAIN.matcher(ascii).matches()) {
      throw new IllegalArgumentException("the part after @ is no domain name");
    }
    return ascii;
  }

  /** The part after the last {@code @}. */
  public String domain() {
    return value.substring(value.lastIndexOf('@') + 1);
  }

  /** The part before the last {@code @}. */
  public String localPart() {
    return value.substring(0, value.lastIndexOf('@'));
  }

  /**
   * As people write it: odd dots stand without the quotes that make them valid. For showing only.
   */
  public String unquoted() {
    String local = localPart();
    String content = local.startsWith("\"") ? local.substring(1, local.length() - 1) : local;
    return OTHER_DOTS.matcher(content).matches() ? content + "@" + domain() : value;
  }

  @Override
  public int compareTo(EmailAddress other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
