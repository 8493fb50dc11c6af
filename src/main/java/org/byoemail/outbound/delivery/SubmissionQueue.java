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
import org.byoemail.outbound.review.ReviewRequest;
import org.byoemail.outbound.review.Reviews;
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
  private final SuppressedAtAccept leftOutOnes;
  private final Recipients recipients;
  private final Reviews reviews;
  private final Dossier dossier;

  SubmissionQueue(
      SubmissionRows submissions,
      SuppressedAtAccept leftOutOnes,
      Recipients recipients,
      Reviews reviews,
      Dossier dossier) {
    this.submissions = submissions;
    this.leftOutOnes = leftOutOnes;
    this.recipients = recipients;
    this.reviews = reviews;
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
    dossier.record(accepted.stream().flatMap(one -> one.entries().stream()).toList());
    Map<StoredMessageId, List<EmailAddress>> leftOut = submissions.queue(accepted);
    for (NewDelivery one : accepted) {
      List<EmailAddress> addresses = leftOut.get(one.message());
      if (addresses != null) {
        leftOutOnes.leaveOut(one, Objects.requireNonNull(stored.get(one.message())), addresses);
      }
    }
    recipients.derive(
        accepted.stream().filter(one -> one.review() != null).map(NewDelivery::message).toList());
    for (NewDelivery one : accepted) {
      List<EmailAddress> addresses = leftOut.getOrDefault(one.message(), List.of());
      ReviewRequest review = one.review();
      if (review != null && addresses.size() < one.recipients().size()) {
        reviews.ask(review.without(addresses));
      }
    }
  }

  /** Lets a message wait at least that long from now on. */
  void extendExpiry(StoredMessageId message, Duration time) {
    submissions.extendExpiry(message, time);
  }

  /** Frees the ids of what has left; returns how many. */
  int forgetIds(Collection<StoredMessageId> messages) {
    return submissions.forgetIds(messages);
  }
}
