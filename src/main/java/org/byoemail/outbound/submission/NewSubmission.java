package org.byoemail.outbound.submission;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.NewDelivery;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.trace.TraceParent;
import org.jspecify.annotations.Nullable;

/**
 * A submission that is found right and is to be stored.
 *
 * @param id the producer's own, or the one that was made for it
 * @param repliedTo the message that it answers; null for none
 * @param files whose contents are stored already
 * @param change is made in the transaction that stores it
 */
record NewSubmission(
    StoredMessageId messageId,
    AttemptId attempt,
    String id,
    Sender sender,
    Submission submission,
    @Nullable Message repliedTo,
    List<Attachment> files,
    Instant dueAt,
    Instant expiresAt,
    Instant acceptedAt,
    Consumer<StoredMessageId> change) {

  /** The same, with a change that its transaction makes, too. */
  NewSubmission with(Consumer<StoredMessageId> another) {
    return new NewSubmission(
        messageId,
        attempt,
        id,
        sender,
        submission,
        repliedTo,
        files,
        dueAt,
        expiresAt,
        acceptedAt,
        another);
  }

  /** What is to be delivered, to these recipients with their kinds. */
  NewDelivery delivery(Map<EmailAddress, String> recipients, @Nullable TraceParent trace) {
    return new NewDelivery(
        messageId,
        attempt,
        sender.account(),
        sender.organization(),
        id,
        submission.digest(),
        submission.priority(),
        submission.sendAt(),
        dueAt,
        expiresAt,
        submission.autoSubmitted(),
        submission.requestDeliveryReport(),
        acceptedAt,
        recipients,
        trace);
  }
}
