package org.byoemail.outbound.delivery;

import java.util.Collection;
import java.util.Optional;
import org.byoemail.account.registry.BounceAccounts;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Finds the attempts that a report may be about; {@link DeliveryLifecycle#report} writes what it
 * says. Safe for use by many threads.
 */
@Component
public class ReportableAttempts {
  private final ReportedAttemptRows rows;
  private final Recipients recipients;
  private final Messages messages;
  private final SubmissionIds submissions;
  private final BounceAccounts bounceAccounts;

  ReportableAttempts(
      ReportedAttemptRows rows,
      Recipients recipients,
      Messages messages,
      SubmissionIds submissions,
      BounceAccounts bounceAccounts) {
    this.bounceAccounts = bounceAccounts;
    this.rows = rows;
    this.recipients = recipients;
    this.messages = messages;
    this.submissions = submissions;
  }

  /**
   * The attempt of that id, if it left through that account, or through one whose reports arrive
   * there.
   */
  public Optional<ReportableAttempt> find(AccountId account, AttemptId attempt) {
    return rows.sent(bounceAccounts.servedBy(account), attempt).flatMap(found -> sent(found, true));
  }

  /** The newest attempt, through the same accounts, of the message with that Message-ID. */
  public Optional<ReportableAttempt> find(AccountId account, MessageId messageId) {
    return rows.sent(bounceAccounts.servedBy(account), messageId)
        .flatMap(found -> sent(found, false));
  }

  /**
   * The newest attempt, through the same accounts, of a message that was made within the last five
   * days, the time for which servers try, to the only one of those addresses that any went to;
   * empty if messages went to several.
   */
  public Optional<ReportableAttempt> lately(AccountId account, Collection<EmailAddress> addresses) {
    return rows.lately(bounceAccounts.servedBy(account), addresses)
        .flatMap(found -> sent(found, false));
  }

  /**
   * The attempt by Postmark of that id, else the newest one of the message that Postmark gave that
   * id.
   *
   * @param attempt as it was named to Postmark; null if the report does not repeat it
   * @param postmarkId Postmark's MessageID
   */
  public Optional<ReportableAttempt> byPostmark(
      @Nullable AttemptId attempt, @Nullable String postmarkId) {
    Optional<ReportableAttempt> exact =
        Optional.ofNullable(attempt).flatMap(rows::byPostmark).flatMap(found -> sent(found, true));
    return exact.or(
        () ->
            Optional.ofNullable(postmarkId)
                .map(PostmarkAnswer::messageId)
                .flatMap(rows::byPostmark)
                .flatMap(found -> sent(found, false)));
  }

  /** The status of a message, derived from its recipients. */
  public MessageStatus status(StoredMessageId message) {
    return recipients.status(message);
  }

  private Optional<ReportableAttempt> sent(ReportedAttemptRows.Sent found, boolean exact) {
    return messages
        .withoutTexts(found.message())
        .map(message -> sent(found.attempt(), exact, message));
  }

  private ReportableAttempt sent(AttemptId attempt, boolean exact, Message message) {
    return new ReportableAttempt(
        attempt,
        exact,
        message.id(),
        message.organization(),
        submissions.of(message.id()),
        recipients.of(message.id()).stream()
            .map(row -> new ReportableAttempt.Recipient(row.address(), row.attempt()))
            .toList(),
        message.metadata());
  }
}
