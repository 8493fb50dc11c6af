package org.byoemail.format.screen;

import java.util.Locale;
import org.byoemail.format.mail.StoredText;

/**
 * Something in an outgoing mail that its sender may not want to leave.
 *
 * @param name what it is of its kind, such as {@code github-token}, {@code visa} or the name of an
 *     operator's list; empty for kinds that have no names
 * @param place where it stands, such as {@code text, line 3} or {@code attachment keys.txt, line 1}
 * @param evidence what a person recognises it by, masked: never a secret or number itself; at most
 *     200 characters
 */
public record OutgoingFinding(Kind kind, String name, String place, String evidence) {
  private static final int MAX_NAME = 100;
  private static final int MAX_PLACE = 160;
  private static final int MAX_EVIDENCE = 200;

  public OutgoingFinding {
    name = StoredText.of(name, MAX_NAME);
    place = StoredText.of(place, MAX_PLACE);
    evidence = StoredText.of(evidence, MAX_EVIDENCE);
  }

  /** All there are. */
  public enum Kind {
    /** A key, token, password in a URL or private key, by its well-known format. */
    SECRET,
    /** A payment card's number: Luhn, and the ranges of the issuers. */
    CARD_NUMBER,
    /** An IBAN, or another bank's number that has a check digit or is named as one. */
    BANK_ACCOUNT,
    /** A match of an operator's own pattern or word. */
    PATTERN,
    /** An address whose account belongs to another organisation. */
    OTHER_TENANT,
    /** Words in the HTML that a person does not see, or characters that carry data. */
    HIDDEN_TEXT,
    /** A file whose content does not match its name or type. */
    TYPE_MISMATCH,
    /** A bound was reached: the rest was not examined. */
    PARTLY_READ;

    /** The name in the API, such as {@code card-number}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
