package org.byoemail.format.report;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EnhancedStatus;

/**
 * What a report says about one recipient.
 *
 * @param original Original-Recipient: the address that the mail was sent to, if the report names it
 * @param finalRecipient Final-Recipient: the address after any forwarding; empty if that is a file
 *     or a program
 * @param status the most specific status code that is given, else the one that the diagnostic
 *     stands for
 * @param diagnostic what the receiving server said; may be empty
 * @param replyCode the SMTP reply code within the diagnostic
 * @param reason why it failed; {@link BounceReason#OTHER} if unknown, and for a success
 * @param retriedUntil Will-Retry-Until of a delay
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
   * Whether the same mail would fail again: it failed with a permanent status, and for another
   * reason than a full mailbox, a rate limit or a timeout.
   */
  public boolean isPermanent() {
    boolean temporary =
        switch (reason) {
          case MAILBOX_FULL, RATE_LIMITED, EXPIRED -> true;
          default -> false;
        };
    return action == ReportAction.FAILED
        && !temporary
        && status.map(EnhancedStatus::isPermanent).orElse(true);
  }

  /** The unnamed recipient of a report that names none; empty if the mail is no report. */
  public static Optional<ReportedRecipient> unnamed(MailKind kind) {
    Optional<ReportAction> action =
        switch (kind) {
          case FAILED -> Optional.of(ReportAction.FAILED);
          case DELAYED -> Optional.of(ReportAction.DELAYED);
          case SUCCESS -> Optional.of(ReportAction.DELIVERED);
          default -> Optional.empty();
        };
    return action.map(found -> DiagnosticInterpreter.interpret(found, Optional.empty(), ""));
  }

  /**
   * What a server said about an address, interpreted: reply code, status and reason.
   *
   * @param diagnostic may be empty
   */
  public static ReportedRecipient of(EmailAddress address, ReportAction action, String diagnostic) {
    return DiagnosticInterpreter.interpret(action, Optional.empty(), diagnostic).sentTo(address);
  }

  /** The same, sent to that address. */
  ReportedRecipient sentTo(EmailAddress address) {
    return named(Optional.of(address), finalRecipient);
  }

  /** The same at those addresses. */
  ReportedRecipient named(
      Optional<EmailAddress> originalRecipient, Optional<EmailAddress> lastRecipient) {
    return new ReportedRecipient(
        originalRecipient,
        lastRecipient,
        action,
        status,
        diagnostic,
        replyCode,
        reason,
        retriedUntil);
  }

  /** The same, tried until then (Will-Retry-Until). */
  ReportedRecipient retried(Optional<Instant> until) {
    return new ReportedRecipient(
        original, finalRecipient, action, status, diagnostic, replyCode, reason, until);
  }
}
