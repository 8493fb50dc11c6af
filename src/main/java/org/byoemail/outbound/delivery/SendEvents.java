package org.byoemail.outbound.delivery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BiFunction;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.Recipients.Change;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.dossier.Dossier;
import org.byoemail.platform.event.EventData;
import org.byoemail.platform.event.EventData.AttemptResult;
import org.byoemail.platform.event.EventData.MessageCancelled;
import org.byoemail.platform.event.EventData.MessageDeferred;
import org.byoemail.platform.event.EventData.MessageFailed;
import org.byoemail.platform.event.EventData.MessageHeld;
import org.byoemail.platform.event.EventData.MessageSent;
import org.byoemail.platform.event.EventData.RecipientResult;
import org.byoemail.platform.event.Events;
import org.byoemail.platform.event.Events.NewEvent;
import org.byoemail.platform.trace.TraceParent;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Publishes the outcomes of attempts, in the transaction that records them. */
@Component
class SendEvents {
  private final Events events;
  private final SubmissionIds submissions;
  private final Dossier dossier;

  SendEvents(Events events, SubmissionIds submissions, Dossier dossier) {
    this.events = events;
    this.submissions = submissions;
    this.dossier = dossier;
  }

  /**
   * The outcome of an attempt.
   *
   * @param status of the message, after the attempt
   * @param nextAttemptAt null if there is no further one
   * @param trace the span of the attempt; null if absent
   */
  record Result(
      Message message,
      @Nullable AccountId account,
      AttemptId attempt,
      MessageStatus status,
      List<Change> changes,
      @Nullable Instant nextAttemptAt,
      @Nullable TraceParent trace) {}

  /**
   * One event for each new state of recipients: sent, failed, cancelled, deferred, held. What ended
   * without an attempt gets its entry in the dossier; a cancellation is recorded by its caller.
   */
  void publish(List<Result> results) {
    dossier.record(results.stream().flatMap(AttemptFacts::withoutAttempt).toList());
    events.record(
        all(results, submissions.of(results.stream().map(one -> one.message().id()).toList())));
  }

  /**
   * As {@link #publish(List)}, for a caller that knows the submission ids and has the locks for
   * events of the messages.
   *
   * @param ids of the submissions, by message
   */
  void publishLocked(List<Result> results, Map<StoredMessageId, String> ids) {
    events.recordLocked(all(results, ids));
  }

  private static List<NewEvent> all(List<Result> results, Map<StoredMessageId, String> ids) {
    List<NewEvent> all = new ArrayList<>();
    for (Result result : results) {
      String id = Objects.requireNonNull(ids.get(result.message().id()));
      add(
          all,
          result,
          id,
          (ended, first) -> new MessageSent(ended),
          RecipientStatus.SENT,
          RecipientStatus.SIMULATED);
      add(
          all,
          result,
          id,
          (ended, first) -> new MessageFailed(ended, first.diagnostic(), first.code()),
          RecipientStatus.FAILED,
          RecipientStatus.EXPIRED);
      add(
          all,
          result,
          id,
          (ended, first) -> new MessageCancelled(ended, first.diagnostic(), first.code()),
          RecipientStatus.CANCELLED);
      add(
          all,
          result,
          id,
          (ended, first) ->
              new MessageDeferred(ended, first.diagnostic(), first.code(), result.nextAttemptAt()),
          RecipientStatus.DEFERRED);
      add(
          all,
          result,
          id,
          (ended, first) -> new MessageHeld(ended, first.diagnostic(), first.code()),
          RecipientStatus.HELD);
    }
    return all;
  }

  private static void add(
      List<NewEvent> all,
      Result result,
      String submissionId,
      BiFunction<AttemptResult, Change, EventData> data,
      RecipientStatus... states) {
    List<Change> changes =
        result.changes().stream().filter(c -> List.of(states).contains(c.state())).toList();
    if (changes.isEmpty()) {
      return;
    }
    Message message = result.message();
    AttemptResult ended =
        new AttemptResult(
            submissionId,
            result.status().word(),
            result.attempt().value(),
            message.messageId() == null ? null : message.messageId().value(),
            changes.stream().map(SendEvents::recipient).toList(),
            message.metadata());
    UUID account = result.account() == null ? null : result.account().value();
    all.add(
        new NewEvent(
            message.organization(),
            message.id().value(),
            account,
            data.apply(ended, changes.get(0)),
            result.trace()));
  }

  private static RecipientResult recipient(Change change) {
    return new RecipientResult(
        change.address().value(),
        change.state().word(),
        change.enhancedStatus(),
        change.diagnostic());
  }
}
