package org.byoemail.format.screen;

import java.util.Locale;
import org.byoemail.format.mail.StoredText;

/**
 * Something suspicious in a mail.
 *
 * @param evidence what shows it, written by a stranger, at most 200 characters
 */
public record Finding(Kind kind, Severity severity, String evidence) {
  private static final int MAX_EVIDENCE = 200;

  public Finding {
    evidence = StoredText.of(evidence, MAX_EVIDENCE);
  }

  /** A finding of the usual severity of its kind. */
  static Finding of(Kind kind, String evidence) {
    return new Finding(kind, kind.severity, evidence);
  }

  /** How much it says. */
  public enum Severity {
    /** A fact that honest mail has, too. */
    INFO,
    WARNING,
    /** Hardly ever in honest mail. */
    SERIOUS;

    /** The word for it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** All there are. */
  public enum Kind {
    /** Words that command a program, where no person sees them. */
    HIDDEN_INSTRUCTIONS(Severity.SERIOUS),
    /** An amount, account or address in the plain part that the HTML does not have. */
    PLAIN_PART_DIFFERS(Severity.WARNING),
    TAG_CHARACTERS(Severity.SERIOUS),
    INVISIBLE_DATA(Severity.WARNING),
    REORDERED_TEXT(Severity.WARNING),
    /** A link whose text names another host than it leads to. */
    LINK_MISMATCH(Severity.WARNING),
    /** A name of the sender that is another address than the sender's. */
    LOOKALIKE_SENDER(Severity.WARNING),
    /** Several From fields, or a sender whom the receiving server calls forged. */
    FORGED_SENDER(Severity.SERIOUS),
    SCRIPT(Severity.WARNING),
    FORM(Severity.INFO),
    ENCRYPTED_ARCHIVE(Severity.WARNING),
    EXECUTABLE(Severity.SERIOUS),
    MACRO_FILE(Severity.WARNING),
    DOUBLE_EXTENSION(Severity.SERIOUS),
    /** A file whose bytes are of another kind than its name says. */
    TYPE_MISMATCH(Severity.WARNING),
    /** Styles beyond the bounds: what is hidden may be taken for visible. */
    PARTLY_READ(Severity.INFO);

    private final Severity severity;

    Kind(Severity severity) {
      this.severity = severity;
    }

    /** The word for it, for example {@code link-mismatch}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
