package org.byoemail.format.screen;

import java.util.Locale;
import org.byoemail.format.mail.StoredText;

/**
 * Something suspicious in a mail.
 *
 * @param evidence the suspicious content, written by a stranger, at most 200 characters
 */
public record Finding(Kind kind, Severity severity, String evidence) {
  private static final int MAX_EVIDENCE = 200;

  public Finding {
    evidence = StoredText.of(evidence, MAX_EVIDENCE);
  }

  /** Creates a finding with the default severity of its kind. */
  static Finding of(Kind kind, String evidence) {
    return new Finding(kind, kind.severity, evidence);
  }

  /** How much it says. */
  public enum Severity {
    /** Also common in honest mail. */
    INFO,
    WARNING,
    /** Rare in honest mail. */
    SERIOUS;

    /** The name in the API. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** All there are. */
  public enum Kind {
    /** Hidden instructions to a program. */
    HIDDEN_INSTRUCTIONS(Severity.SERIOUS),
    /** An amount, account or address in the plain part that the HTML does not have. */
    PLAIN_PART_DIFFERS(Severity.WARNING),
    TAG_CHARACTERS(Severity.SERIOUS),
    INVISIBLE_DATA(Severity.WARNING),
    REORDERED_TEXT(Severity.WARNING),
    /** A link whose text names a host other than its target. */
    LINK_MISMATCH(Severity.WARNING),
    /**
     * A display name that is a different address than the sender's; as a fact, a sender that looks
     * like a contact or the account's own domain, is one letter off, or has a contact's name.
     */
    LOOKALIKE_SENDER(Severity.WARNING),
    /** Several From fields, or a sender that failed DMARC at the receiving server. */
    FORGED_SENDER(Severity.SERIOUS),
    SCRIPT(Severity.WARNING),
    FORM(Severity.INFO),
    ENCRYPTED_ARCHIVE(Severity.WARNING),
    EXECUTABLE(Severity.SERIOUS),
    MACRO_FILE(Severity.WARNING),
    DOUBLE_EXTENSION(Severity.SERIOUS),
    /** A file whose content does not match its name. */
    TYPE_MISMATCH(Severity.WARNING),
    /** The agent has never written to the sender, nor got a mail of it. A fact of ingested mail. */
    FIRST_CONTACT(Severity.INFO),
    /** Answers go to an address other than the sender's. */
    REPLY_TO_ELSEWHERE(Severity.INFO),
    /** Styles exceeded a bound: hidden text may count as visible. */
    PARTLY_READ(Severity.INFO);

    private final Severity severity;

    Kind(Severity severity) {
      this.severity = severity;
    }

    /** The name in the API, such as {@code link-mismatch}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
