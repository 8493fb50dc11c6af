package org.byoemail.format.mail;

import java.net.IDN;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One address, {@code local@domain} (RFC 5321 section 4.1.2, RFC 6531).
 *
 * <p>Comparing local parts without their case is a choice: no mailbox provider distinguishes them
 * by case. Mail is sent to an address as it was written, since its server may (RFC 5321 section
 * 2.4).
 *
 * @param value the form that addresses are compared and stored in: lower case throughout, the
 *     domain as A-labels, the part before the @ without quotes where it needs none and in quotes
 *     where its dots are not as an address has them. Japanese carriers issued such addresses
 *     ({@code a..b@docomo.ne.jp}); quoted, they are valid.
 * @param written the form to show and to write to: the part before the @ as its owner writes it
 */
public record EmailAddress(String value, String written) implements Comparable<EmailAddress> {
  private static final int MAX_LENGTH = 254;

  /** What a database index can hold of an address that is none. */
  private static final int MAX_RECEIVED = 500;

  private static final Pattern DOT_ATOM =
      Pattern.compile(
          "[\\p{L}\\p{M}\\p{N}!#$%&'*+/=?^_`{|}~-]+(\\.[\\p{L}\\p{M}\\p{N}!#$%&'*+/=?^_`{|}~-]+)*");
  private static final Pattern OTHER_DOTS =
      Pattern.compile("[\\p{L}\\p{M}\\p{N}!#$%&'*+/=?^_`{|}~.-]+");
  private static final Pattern QUOTED =
      Pattern.compile("\"([^\"\\\\\\p{Cntrl}]|\\\\[^\\p{Cntrl}])*\"");

  /** RFC 1035 section 2.3.4. */
  private static final int MAX_LABEL = 63;

  /** One that is only compared, or was read from where it is stored. */
  public EmailAddress(String value) {
    this(value, value);
  }

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
    String domain = domain(trimmed.substring(at + 1));
    if (domain == null) {
      throw new IllegalArgumentException("the part after @ is no domain name");
    }
    String local = local(trimmed.substring(0, at));
    if (local == null) {
      throw new IllegalArgumentException("the part before @ has characters an address cannot have");
    }
    if (local.length() + 1 + domain.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("the address is longer than 254 characters");
    }
    return new EmailAddress(local + "@" + domain, trimmed.substring(0, at + 1) + domain);
  }

  /**
   * Takes what stands for an address in a mail that was received: what is none by any standard,
   * such as {@code root@my_host} or {@code <daemon>}, is kept as it was written.
   *
   * @return empty for an empty text, and for one that is too long to keep
   */
  static Optional<EmailAddress> received(String text) {
    int at = text.lastIndexOf('@');
    if (text.isEmpty() || text.length() > MAX_RECEIVED) {
      return Optional.empty();
    }
    String domain = at < 1 ? null : domain(text.substring(at + 1));
    String local = domain == null ? null : local(text.substring(0, at));
    String end = domain == null ? lowerCase(text.substring(at + 1)) : domain;
    String written = at < 0 ? text : text.substring(0, at + 1) + end;
    String value = local == null ? lowerCase(written) : local + "@" + domain;
    return Optional.of(new EmailAddress(value, written));
  }

  /** Whether it is an address by the standards, which one of a received mail need not be. */
  public boolean isValid() {
    int at = value.lastIndexOf('@');
    return value.length() <= MAX_LENGTH
        && at > 0
        && domain(value.substring(at + 1)) != null
        && local(value.substring(0, at)) != null;
  }

  /** Whether it is a dot-atom of ASCII, as most are: patterns take long for these. */
  private static boolean isPlain(String lower) {
    boolean dot = true;
    for (int i = 0; i < lower.length(); i++) {
      char c = lower.charAt(i);
      boolean atom =
          c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || "_-+=!#$%&'*/?^`{|}~".indexOf(c) >= 0;
      if (c == '.' ? dot : !atom) {
        return false;
      }
      dot = c == '.';
    }
    return !dot;
  }

  /** Whether it is a name of labels with letters, digits and hyphens within them. */
  private static boolean isDomain(String lower) {
    int start = 0;
    for (int i = 0; i <= lower.length(); i++) {
      char c = i == lower.length() ? '.' : lower.charAt(i);
      if (c == '.') {
        if (i == start
            || i - start > MAX_LABEL
            || lower.charAt(start) == '-'
            || lower.charAt(i - 1) == '-') {
          return false;
        }
        start = i + 1;
      } else if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-')) {
        return false;
      }
    }
    return true;
  }

  private static String lowerCase(String text) {
    if (Ascii.isAll(text)) {
      return text.toLowerCase(Locale.ROOT);
    }
    return Normalizer.normalize(text, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
  }

  /** In the form that it is compared in; null if it is none. */
  private static @Nullable String local(String text) {
    String local = lowerCase(text);
    if (isPlain(local)) {
      return local;
    }
    if (DOT_ATOM.matcher(local).matches()) {
      return local;
    }
    if (OTHER_DOTS.matcher(local).matches()) {
      return '"' + local + '"';
    }
    if (!QUOTED.matcher(local).matches()) {
      return null;
    }
    String content = local.substring(1, local.length() - 1).replaceAll("\\\\(.)", "$1");
    return DOT_ATOM.matcher(content).matches()
        ? content
        : '"' + content.replaceAll("([\"\\\\])", "\\\\$1") + '"';
  }

  /** As A-labels; null if it is none. */
  private static @Nullable String domain(String text) {
    String ascii = text;
    if (!Ascii.isAll(text)) {
      try {
        ascii = IDN.toASCII(text, IDN.ALLOW_UNASSIGNED);
      } catch (IllegalArgumentException e) {
        return null;
      }
    }
    String lower = ascii.toLowerCase(Locale.ROOT);
    return isDomain(lower) ? lower : null;
  }

  /**
   * Restores an address from {@link #mailbox}, as stored in the database.
   *
   * @param mailbox not checked again
   */
  public static EmailAddress ofMailbox(String mailbox) {
    return new EmailAddress(lowerCase(mailbox), mailbox);
  }

  /**
   * The form for an envelope and a header field (RFC 5321 Mailbox): as {@link #value}, with the
   * case of the local part as it was written. In lower case it equals {@link #value}. The case of
   * letters beyond ASCII is not kept, since databases differ in how they lower it.
   */
  public String mailbox() {
    return Ascii.isAll(written) && value.equals(written.toLowerCase(Locale.ROOT)) ? written : value;
  }

  /** The part after the last {@code @}; empty if absent. */
  public String domain() {
    int at = value.lastIndexOf('@');
    return at < 0 ? "" : value.substring(at + 1);
  }

  /** The part before the last {@code @}, or the whole address if it has none. */
  public String localPart() {
    int at = value.lastIndexOf('@');
    return at < 0 ? value : value.substring(0, at);
  }

  /**
   * As people write it: odd dots stand without the quotes that make them valid. For showing only.
   */
  public String unquoted() {
    String local = localPart();
    boolean quoted = local.length() > 1 && local.startsWith("\"") && local.endsWith("\"");
    String content = quoted ? local.substring(1, local.length() - 1) : local;
    return isPlain(content) || OTHER_DOTS.matcher(content).matches()
        ? content + "@" + domain()
        : value;
  }

  /** Whether both are the same address, however they were written. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof EmailAddress address && value.equals(address.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
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
