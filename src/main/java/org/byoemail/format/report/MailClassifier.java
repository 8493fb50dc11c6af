package org.byoemail.format.report;

import java.util.List;
import java.util.Optional;
import org.byoemail.format.mime.ParsedMail;

/**
 * Recognises and reads delivery reports, complaints, receipts and automatic replies. Never throws
 * for the content of a mail; time and memory are linear in its size. Safe for use by many threads.
 *
 * <p>Rules for machine-readable mail come before those for text, and reports before automatic
 * replies, since a third of all reports are marked as one.
 */
public final class MailClassifier {
  /** The default header field that carries the id of the attempt. */
  public static final String ATTEMPT_HEADER = "X-Gobii-Message-ID";

  private final List<ReferenceRule> rules;
  private final MachineRefusalParser presumed;

  public MailClassifier() {
    this(ATTEMPT_HEADER);
  }

  /**
   * @param attemptHeader the name of the header field that carries the attempt's id
   */
  public MailClassifier(String attemptHeader) {
    OriginalMails originals = new OriginalMails(attemptHeader);
    DeliveryReports reports = new DeliveryReports(originals);
    this.presumed = new MachineRefusalParser(originals);
    HumanReadableBounces notices = new HumanReadableBounces(originals);
    this.rules =
        List.of(
            new FeedbackReports(originals),
            reports,
            new SesNotifications(),
            new DispositionNotifications(originals),
            notices,
            new WrappedReports(List.of(reports, notices)),
            new AutoReplies(originals));
  }

  /** Never fails; an ordinary mail is of kind {@link MailKind#NONE}. */
  public Classification classify(ParsedMail mail) {
    Classification read = read(mail);
    return switch (read.kind()) {
      case NONE, AUTO_REPLY -> read.presumed(presumed.read(mail));
      default -> read;
    };
  }

  private Classification read(ParsedMail mail) {
    for (ReferenceRule rule : rules) {
      Optional<Classification> read = rule.read(mail);
      if (read.isPresent()) {
        return read.get();
      }
    }
    return Classification.of(MailKind.NONE, "none");
  }
}
