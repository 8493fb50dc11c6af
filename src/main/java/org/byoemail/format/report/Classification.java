package org.byoemail.format.report;

import java.util.List;
import java.util.Optional;

/**
 * What a mail is, and what it says about another one. All of it is a stranger's word: a report may
 * be forged by anyone who knows the mail that it is about.
 *
 * @param rule the name of the rule that recognised it, such as {@code rfc3464} or {@code qmail}
 * @param recipients what became of each recipient; empty where the mail is no delivery report, and
 *     for a report that names none
 * @param reportingMta the server that speaks, without the type of its name
 * @param originalEnvelopeId the ENVID the mail was sent with
 * @param original the mail it is about
 * @param complaint present in a feedback report only
 */
public record Classification(
    MailKind kind,
    ReportStrength strength,
    String rule,
    List<ReportedRecipient> recipients,
    Optional<String> reportingMta,
    Optional<String> originalEnvelopeId,
    OriginalMail original,
    Optional<Complaint> complaint) {

  public Classification {
    recipients = List.copyOf(recipients);
  }

  /** A mail that is about no other mail. */
  static Classification of(MailKind kind, String rule) {
    return new Classification(
        kind,
        ReportStrength.STRUCTURED,
        rule,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        OriginalMail.UNKNOWN,
        Optional.empty());
  }

  /** Whether it tells what became of a mail on its way: failed, delayed or success. */
  public boolean isReport() {
    return kind.isReport();
  }

  /**
   * Whether it is meant for this program and not for an agent: a delivery report or a complaint.
   */
  public boolean isForTheSender() {
    return isReport() || kind == MailKind.ARF;
  }

  /** Whether it says anything of a mail that was sent: also a receipt does. */
  public boolean isAboutSentMail() {
    return isForTheSender() || kind == MailKind.MDN;
  }

  /** Names kind, rule and numbers only: what a mail says is nobody's but its reader's. */
  @Override
  public String toString() {
    return "Classification[%s by %s, %d recipients]"
        .formatted(kind.word(), rule, recipients.size());
  }
}
