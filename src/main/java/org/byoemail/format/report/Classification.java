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
 * @param presumed the report that this mail is if one address that it names was written to lately:
 *     a machine says that a mail was refused, in words that no known server uses
 */
public record Classification(
    MailKind kind,
    ReportStrength strength,
    String rule,
    List<ReportedRecipient> recipients,
    Optional<String> reportingMta,
    Optional<String> originalEnvelopeId,
    OriginalMail original,
    Optional<Complaint> complaint,
    Optional<Classification> presumed) {

  public Classification {
    recipients = List.copyOf(recipients);
  }

  /** One that is certain. */
  public Classification(
      MailKind kind,
      ReportStrength strength,
      String rule,
      List<ReportedRecipient> recipients,
      Optional<String> reportingMta,
      Optional<String> originalEnvelopeId,
      OriginalMail original,
      Optional<Complaint> complaint) {
    this(
        kind,
        strength,
        rule,
        recipients,
        reportingMta,
        originalEnvelopeId,
        original,
        complaint,
        Optional.empty());
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

  /** The same, which is that report if an address in it was written to. */
  Classification presumed(Optional<Classification> report) {
    return new Classification(
        kind,
        strength,
        rule,
        recipients,
        reportingMta,
        originalEnvelopeId,
        original,
        complaint,
        report);
  }

  /** The same about that recipient only. */
  public Classification about(ReportedRecipient recipient) {
    return new Classification(
        kind,
        strength,
        rule,
        List.of(recipient),
        reportingMta,
        originalEnvelopeId,
        original,
        complaint);
  }

  /** Whether it is a delivery report: failed, delayed or success. */
  public boolean isReport() {
    return kind.isReport();
  }

  /**
   * Whether a filter of the mailbox refused the mail, and says so by a disposition notification
   * (RFC 5429 section 2.1.1).
   */
  public boolean isRefusal() {
    return kind == MailKind.MDN && !recipients.isEmpty();
  }

  /**
   * Whether it is for the sending system and not for an agent: a report, a refusal or a complaint.
   */
  public boolean isForTheSender() {
    return isReport() || isRefusal() || kind == MailKind.ARF;
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
