package org.byoemail.outbound.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.Recipients.Change;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.dossier.Dossier;
import org.springframework.stereotype.Component;

/**
 * Registered ids of submissions, and the messages that wait under them: the beginning of the
 * lifecycle. {@link DeliveryLifecycle} calls it, in its transactions.
 */
@Component
class SubmissionQueue {
  private final SubmissionRows submissions;
  private final SuppressedRecipients suppressed;
  private final Deliveries deliveries;
  private final AttemptRows attempts;
  private final Recipients recipients;
  private final SendEvents events;
  private final Dossier dossier;

  SubmissionQueue(
      SubmissionRows submissions,
      SuppressedRecipients suppressed,
      Deliveries deliveries,
      AttemptRows attempts,
      Recipients recipients,
      SendEvents events,
      Dossier dossier) {
    this.submissions = submissions;
    this.suppressed = suppressed;
    this.deliveries = deliveries;
    this.attempts = attempts;
    this.recipients = recipients;
    this.events = events;
    this.dossier = dossier;
  }

  /** Takes the ids of submissions; returns the messages whose id was free. */
  Set<StoredMessageId> register(List<NewDelivery> accepted) {
    // Sorted, so that two nodes with the same ids do not deadlock.
    List<NewDelivery> sorted = new ArrayList<>(accepted);
    sorted.sort(
        Comparator.comparing(NewDelivery::organization).thenComparing(NewDelivery::submissionId));
    return submissions.register(sorted);
  }

  /** Enqueues registered messages, but for their suppressed recipients, which fail at once. */
  void enqueue(List<NewDelivery> accepted, Map<StoredMessageId, Message> stored) {
    dossier.record(accepted.stream().map(NewDelivery::entry).toList());
    Map<StoredMessageId, List<EmailAddress>> leftOut = submissions.queue(accepted);
    for (NewDelivery one : accepted) {
      List<EmailAddress> addresses = leftOut.get(one.message());
      if (addresses != null) {
        leaveOut(one, Objects.requireNonNull(stored.get(one.message())), addresses);
      }
    }
  }

  private void leaveOut(NewDelivery accepted, Message message, List<EmailAddress> addresses) {
    List<Change> changes = new ArrayList<>();
    suppressed
        .refusals(message.organization(), addresses)
        .forEach(
            (address, refusal) ->
                changes.add(
                    new Change(address, RecipientStatus.FAILED, refusal.code(), refusal.words())));
    MessageStatus status =
        recipients.change(message.id(), state -> state == RecipientStatus.FAILED, changes);
    if (status == MessageStatus.FAILED) {
      AttemptRows.Ending ending =
          new AttemptRows.Ending(
              AttemptState.FAILED,
              "rejected",
              null,
              SuppressedRecipients.CODE,
              changes.get(0).diagnostic());
      attempts.end(List.of(new AttemptRows.Ended(accepted.attempt(), ending)));
      deliveries.drop(List.of(message.id()));
    }
    events.publish(
        List.of(
            new SendEvents.Result(
                message,
                accepted.account(),
                accepted.attempt(),
                status,
                changes,
                null,
                accepted.trace())));
  }

  /** Lets a message wait at least that long from now on. */
  void keepWaiting(StoredMessageId message, Duration time) {
    submissions.keepWaiting(message, time);
  }

  /** Frees the ids of what has left; returns how many. */
  int forgetIds(Collection<StoredMessageId> messages) {
    return submissions.forgetIds(messages);
  }
}
