package org.byoemail.outbound.delivery;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.jspecify.annotations.Nullable;

/**
 * An attempt and its message, for applying a report.
 *
 * @param attempt the named attempt; the newest one if only the message was named
 * @param exact whether the attempt itself was named
 * @param submissionId the producer's id of the message
 * @param recipients all of the message
 * @param metadata the producer's own
 */
public record ReportableAttempt(
    AttemptId attempt,
    boolean exact,
    StoredMessageId message,
    OrganizationId organization,
    String submissionId,
    List<Recipient> recipients,
    Map<String, Object> metadata) {

  /**
   * A recipient of the message.
   *
   * @param attempt the last one that was made for it; null before the first
   */
  public record Recipient(EmailAddress address, @Nullable AttemptId attempt) {}

  /** Whether the message was sent to this address. */
  public boolean wentTo(EmailAddress address) {
    return recipients.stream().anyMatch(recipient -> recipient.address.equals(address));
  }

  /** The recipient that it must be: the message's only one, or the attempt's only one. */
  public Optional<EmailAddress> sole() {
    List<Recipient> own =
        recipients.stream().filter(recipient -> attempt.equals(recipient.attempt)).toList();
    List<Recipient> possible = exact && recipients.size() > 1 ? own : recipients;
    return possible.size() == 1 ? Optional.of(possible.get(0).address) : Optional.empty();
  }

  /** The attempt that a report about this recipient is about. */
  public AttemptId attemptOf(EmailAddress address) {
    return recipients.stream()
        .filter(recipient -> !exact && recipient.address.equals(address))
        .map(Recipient::attempt)
        .filter(java.util.Objects::nonNull)
        .findFirst()
        .orElse(attempt);
  }
}
