package org.byoemail.format.report;

import java.util.Collection;
import java.util.Locale;

/** What a mail is, as far as delivery is concerned. */
public enum MailKind {
  /** A report: at least one recipient failed permanently. */
  FAILED,
  /** A report: none has failed, and at least one is still being tried. */
  DELAYED,
  /** A report: every recipient was delivered, relayed or expanded. */
  SUCCESS,
  /** An automatic reply, such as an absence notice (RFC 3834). */
  AUTO_REPLY,
  /** A notification that a mail was read, deleted or otherwise disposed of (RFC 8098). */
  MDN,
  /** A complaint of a recipient, sent on by its provider (RFC 5965, and proprietary formats). */
  ARF,
  /** Ordinary mail. */
  NONE;

  /** Whether it is a delivery report. */
  public boolean isReport() {
    return this == FAILED || this == DELAYED || this == SUCCESS;
  }

  /** The word for it in events, rows and output, such as {@code auto-reply}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static MailKind of(Collection<ReportedRecipient> recipients) {
    if (recipients.stream().anyMatch(r -> r.action() == ReportAction.FAILED)) {
      return FAILED;
    }
    return recipients.stream().anyMatch(r -> r.action() == ReportAction.DELAYED)
        ? DELAYED
        : SUCCESS;
  }
}
