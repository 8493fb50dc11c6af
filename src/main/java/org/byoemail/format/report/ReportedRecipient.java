package org.byoemail.format.report;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EnhancedStatus;

/**
 * What a report says about one recipient.
 *
 * @param original the address the mail was sent to, where the report names it
 * @param finalRecipient the address it ended at, which a forwarding may have changed; empty where
 *     that was a file or a program
 * @param status the most telling of the status codes given, or the one its words stand for
 * @param diagnostic what the receiving server said; empty where nothing is reported
 * @param replyCode the SMTP reply code within the diagnostic
 * @param retriedUntil until when a server that delays the mail says it will try
 * @param reason why; {@link BounceReason#OTHER} where nothing tells, and for a success
 */
public record ReportedRecipient(
    Optional<EmailAddress> original,
    Optional<EmailAddress> finalRecipient,
    ReportAction action,
    Optional<EnhancedStatus> status,
    String diagnostic,
    OptionalInt replyCode,
    BounceReason reason,
    Optional<Instant> retriedUntil) {

  /** The address to match with: the original one, else the final one. */
  public Optional<EmailAddress> address() {
    return original.or(() -> finalRecipient);
  }

  /**
   * Whether the same mail would fail again: it has failed, by a reply that is meant to last, and
   * not for want of room, time or patience.
   */
  public boolean isPermanent() {
    boolean passing =
        switch (reason) {
          case MAILBOX_FULL, RATE_LIMITED, EXPIRED -> true;
          default -> false;
        };
    return action == ReportAction.FAILED
        && !passing
        && status.map(EnhancedStatus::isPermanent).orElse(true);
  }

  /** The one that a report of this kind is about without naming it; empty for another mail. */
  public static Optional<ReportedRecipient> unnamed(MailKind kind) {
    Optional<ReportAction> action =
        switch (kind) {
          case FAILED -> Optional.of(ReportAction.FAILED);
          case DELAYED -> Optional.of(ReportAction.DELAYED);
          case SUCCESS -> Optional.of(ReportAction.DELIVERED);
          default -> Optional.empty();
        };
    return action.map(
        found ->
            new ReportedRecipient(
                Optional.empty(),
                Optional.empty(),
                found,
                Optional.empty(),
                "",
                OptionalInt.empty(),
                BounceReason.OTHER,
                Optional.empty()));
  }

  ReportedRecipient sentTo(EmailAddress address) {
    return new ReportedRecipient(
        Optional.of(address),
        finalRecipient,
        action,
        status,
        diagnostic,
        replyCode,
        reason,
        retriedUntil);
  }
}
