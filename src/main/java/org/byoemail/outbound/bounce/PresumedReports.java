package org.byoemail.outbound.bounce;

import java.util.List;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.report.Classification;
import org.byoemail.format.report.ReportedRecipient;
import org.springframework.stereotype.Component;

/**
 * Decides whether a mail in which a machine speaks of a refusal is a report: it is one if exactly
 * one of the addresses that it names was written to through its account lately, or is a recipient
 * of the mail that it names. Else it stays what it was. Safe for use by many threads.
 */
@Component("presumedReports")
public class PresumedReports {
  private final ReportMatching matching;

  PresumedReports(ReportMatching matching) {
    this.matching = matching;
  }

  /**
   * The report that a mail turns out to be, else what was read of it.
   *
   * @param account the account that received it
   */
  public Classification settle(Classification read, AccountId account) {
    return read.presumed()
        .flatMap(
            report ->
                matching
                    .find(report, account)
                    .map(match -> meant(report, match))
                    .filter(meant -> meant.size() == 1)
                    .map(meant -> report.about(meant.get(0))))
        .orElse(read);
  }

  private static List<ReportedRecipient> meant(Classification report, ReportMatching.Match match) {
    return report.recipients().stream()
        .filter(one -> match.recipient(one.original(), one.finalRecipient(), false) != null)
        .toList();
  }
}
