package org.byoemail.outbound.provenance;

import java.net.IDN;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;
import org.byoemail.format.mail.EmailAddress;

/**
 * Finds an address in the text of a mail, also if it is written so that only people and models read
 * it: {@code eve [at] evil dot test}, spaced letters, invisible characters, entities. An address in
 * a spelling that this does not know counts as unknown. Takes time in proportion to the text.
 */
final class MentionedAddress {
  private static final Pattern INVISIBLE =
      Pattern.compile("[\\p{Cf}\\u115F\\u1160\\u3164\\uFE00-\\uFE0F\\u034F]");
  private static final Pattern AT =
      Pattern.compile("%40|&#0{0,5}64;|&#x0{0,5}40;|&commat;|[\\[({<]\\s{0,3}at\\s{0,3}[\\])}>]");
  private static final Pattern DOT =
      Pattern.compile(
          "%2e|&#0{0,5}46;|&#x0{0,5}2e;|&period;|[\\[({<]\\s{0,3}dot\\s{0,3}[\\])}>]|[\\u3002\\uFF61]");
  private static final Pattern AT_WORD = Pattern.compile("\\sat\\s");
  private static final Pattern DOT_WORD = Pattern.compile("\\sdot\\s");
  private static final Pattern SPACE = Pattern.compile("[\\s\\p{Z}]");

  private final String value;
  private final String international;

  MentionedAddress(EmailAddress address) {
    this.value = address.value();
    int at = value.lastIndexOf('@');
    this.international =
        value.substring(0, at + 1) + IDN.toUnicode(address.domain(), IDN.ALLOW_UNASSIGNED);
  }

  /** A text in the form in which {@link #isIn} looks for addresses. */
  static String searchable(String text) {
    String plain = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    plain = INVISIBLE.matcher(plain).replaceAll("");
    plain = AT.matcher(plain).replaceAll("@");
    plain = DOT.matcher(plain).replaceAll(".");
    plain = AT_WORD.matcher(plain).replaceAll("@");
    plain = DOT_WORD.matcher(plain).replaceAll(".");
    return SPACE.matcher(plain).replaceAll("");
  }

  /**
   * Whether the text has the address.
   *
   * @param searchable as {@link #searchable} makes it
   */
  boolean isIn(String searchable) {
    return searchable.contains(value) || searchable.contains(international);
  }
}
