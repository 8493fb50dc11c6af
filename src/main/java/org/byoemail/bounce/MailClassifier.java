package org.byoemail.bounce;

import org.byoemail.mail.ParsedMail;

/**
 * Tells delivery reports, complaints, receipts and automatic answers from mail that somebody wrote,
 * and reads what they say. Never throws for what a mail contains, and takes time and memory that
 * grow with its size alone. Safe for use by many threads.
 */
public final class MailClassifier {
  /** The header field that carries the attempt, unless a setting names another. */
  public static final String ATTEMPT_HEADER = "X-Gobii-Message-ID";

  private final DeliveryReports reports;

  public MailClassifier() {
    this(ATTEMPT_HEADER);
  }

  /**
   * @param attemptHeader the name of the header field that carries the attempt's id
   */
  public MailClassifier(String attemptHeader) {
    this.reports = new DeliveryReports(attemptHeader);
  }

  /** What this mail is. */
  public Classification classify(ParsedMail mail) {
    return reports.read(mail).orElseGet(() -> Classification.of(MailKind.NONE, "none"));
  }
}
