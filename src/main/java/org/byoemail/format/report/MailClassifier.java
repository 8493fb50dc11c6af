package org.byoemail.format.report;

import java.util.List;
import java.util.Optional;
import org.byoemail.format.mime.ParsedMail;

/**
 * Tells delivery reports, complaints, receipts and automatic answers from mail that somebody wrote,
 * and reads what they say. Never throws for what a mail contains, and takes time and memory that
 * grow with its size alone. Safe for use by many threads.
 *
 * <p>What is made for machines is asked before what is made for people, and reports before
 * automatic answers, since a third of all reports call themselves one.
 */
public final class MailClassifier {
  /** The header field that carries the attempt, unless a setting names another. */
  public static final String ATTEMPT_HEADER = "X-Gobii-Message-ID";

  private final List<ReferenceRule> rules;

  public MailClassifier() {
    this(ATTEMPT_HEADER);
  }

  /**
   * @param attemptHeader the name of the header field that carries the attempt's id
   */
  public MailClassifier(String attemptHeader) {
    OriginalMails originals = new OriginalMails(attemptHeader);
    DeliveryReports reports = new DeliveryReports(originals);
    HumanReadableBounces notices = new HumanReadableBounces(originals);
    this.rules =
        List.of(
            new FeedbackReports(originals),
            reports,
            new SesNotifications(),
            new Receipts(originals),
            notices,
            new WrappedReports(List.of(reports, notices)),
            new AutoReplies(originals));
  }

  /** What this mail is. */
  public Classification classify(ParsedMail mail) {
    return rules.stream()
        .map(rule -> rule.read(mail))
        .flatMap(Optional::stream)
        .findFirst()
        .orElseGet(() -> Classification.of(MailKind.NONE, "none"));
  }
}
