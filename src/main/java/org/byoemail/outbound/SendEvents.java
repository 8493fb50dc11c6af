package org.byoemail.outbound;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.conversation.Message;
import org.byoemail.event.EventType;
import org.byoemail.event.Events;
import org.byoemail.mail.AccountId;
import org.byoemail.mail.AttemptId;
import org.byoemail.outbound.Recipients.Change;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Tells the platform what became of a try, in the transaction that records it. */
@Component
class SendEvents {
  private final Events events;

  SendEvents(Events events) {
    this.events = events;
  }

  /**
   * One event for each thing that became of recipients: sent, deferred, held, failed.
   *
   * @param status of the message, after the try
   * @param nextTryAt where there is a further one
   */
  void tell(
      Message message,
      @Nullable AccountId account,
      AttemptId attempt,
      MessageStatus status,
      List<Change> changes,
      @Nullable Instant nextTryAt) {
    tell(EventType.MESSAGE_SENT, message, account, attempt, status, sent(changes), null);
    tell(
        EventType.MESSAGE_FAILED,
        message,
        account,
        attempt,
        status,
        in(changes, RecipientStatus.FAILED, RecipientStatus.EXPIRED),
        null);
    tell(
        EventType.MESSAGE_DEFERRED,
        message,
        account,
        attempt,
        status,
        in(changes, RecipientStatus.DEFERRED),
        nextTryAt);
    tell(
        EventType.MESSAGE_HELD,
        message,
        account,
        attempt,
        status,
        in(changes, RecipientStatus.HELD),
        null);
  }

  private void tell(
      EventType type,
      Message message,
      @Nullable AccountId account,
      AttemptId attempt,
      MessageStatus status,
      List<Change> changes,
      @Nullable Instant nextTryAt) {
    if (changes.isEmpty()) {
      return;
    }
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put("status", status.word());
    data.put("attemptId", attempt.toString());
    data.put("rfcMessageId", message.messageId() == null ? null : message.messageId().value());
    List<Map<String, @Nullable Object>> recipients = new ArrayList<>();
    for (Change change : changes) {
      Map<String, @Nullable Object> recipient = new LinkedHashMap<>();
      recipient.put("address", change.address().value());
      recipient.put("status", change.state().word());
      recipient.put("enhancedStatus", change.enhancedStatus());
      recipient.put("diagnostic", change.diagnostic());
      recipients.add(recipient);
    }
    data.put("recipients", recipients);
    if (type != EventType.MESSAGE_SENT) {
      data.put("error", changes.get(0).diagnostic());
      data.put("errorCode", changes.get(0).code());
    }
    if (nextTryAt != null) {
      data.put("nextTryAt", nextTryAt.toString());
    }
    data.put("metadata", message.metadata());
    UUID accountId = account == null ? null : account.value();
    events.record(type, message.organization(), message.id(), accountId, data);
  }

  private static List<Change> sent(List<Change> changes) {
    return in(changes, RecipientStatus.SENT, RecipientStatus.SIMULATED);
  }

  private static List<Change> in(List<Change> changes, RecipientStatus... states) {
    return changes.stream().filter(c -> List.of(states).contains(c.state())).toList();
  }
}
