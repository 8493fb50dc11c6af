package org.byoemail.format.report;

import java.util.List;
import java.util.Optional;

/**
 * What a mail is, and what it says about another one. None of it is authenticated: anyone who knows
 * a mail can forge a report about it.
 *
 * @param rule the name of the rule that recognised it, such as {@code rfc3464} or {@code qmail}
 * @param recipients empty if the mail is no delivery report, or names none
 * @param reportingMta Reporting-MTA without its type
 * @param originalEnvelopeId Original-Envelope-Id: the ENVID of the mail
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

  /** A mail that refers to no other mail. */
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

  /**
   * A report by the provider that sent the mail, which is known from elsewhere.
   *
   * @param kind failed, delayed, success or arf
   * @param rule the name of the provider
   * @param complaint present if the kind is arf
   */
  public static Classification byProvider(
      MailKind kind,
      ReportStrength strength,
      String rule,
      List<ReportedRecipient> recipients,
      Optional<Complaint> complaint) {
    return new Classification(
        kind,
        strength,
        rule,
        recipients,
        Optional.empty(),
        Optional.empty(),
        OriginalMail.UNKNOWN,
        complaint);
  }

  /** Whether it is a delivery report: failed, delayed or success. */
  public boolean isReport() {
    return kind.isReport();
  }

  /** Whether it is for the sending system and not for an agent: a report or a complaint. */
  public boolean isForTheSender() {
    return isReport() || kind == MailKind.ARF;
  }

  /** Whether it is about a mail that was sent: a report, a complaint or a receipt. */
  public boolean isAboutSentMail() {
    return isForTheSender() || kind == MailKind.MDN;
  }

  /** Contains nothing of the content, so that it may be logged. */
  @Override
  public String toString() {
    return "Classification[%s by %s, %d recipients]"
        .formatted(kind.word(), rule, recipients.size());
  }
}
