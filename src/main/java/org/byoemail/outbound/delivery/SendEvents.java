package org.byoemail.outbound.delivery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.outbound.delivery.Recipients.Change;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.event.EventType;
import org.byoemail.platform.event.Events;
import org.byoemail.platform.event.Events.NewEvent;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Tells the platform what became of tries, in the transaction that records them. */
@Component
public class SendEvents {
  private final Events events;

  SendEvents(Events events) {
    this.events = events;
  }

  /**
   * What became of a try.
   *
   * @param status of the message, after the try
   * @param nextTryAt where there is a further one
   */
  public record Result(
      Message message,
      @Nullable AccountId account,
      AttemptId attempt,
      MessageStatus status,
      List<Change> changes,
      @Nullable Instant nextTryAt) {}

  /**
   * One event for each thing that became of recipients: sent, failed, cancelled, deferred, held.
   */
  public void publish(List<Result> tries) {
    List<NewEvent> all = new ArrayList<>();
    for (Result result : tries) {
      add(all, EventType.MESSAGE_SENT, result, RecipientStatus.SENT, RecipientStatus.SIMULATED);
      add(all, EventType.MESSAGE_FAILED, result, RecipientStatus.FAILED, RecipientStatus.EXPIRED);
      add(all, EventType.MESSAGE_CANCELLED, result, RecipientStatus.CANCELLED);
      add(all, EventType.MESSAGE_DEFERRED, result, RecipientStatus.DEFERRED);
      add(all, EventType.MESSAGE_HELD, result, RecipientStatus.HELD);
    }
    events.record(all);
  }

  private static void add(
      List<NewEvent> all, EventType type, Result result, RecipientStatus... states) {
    List<Change> changes =
        result.changes().stream().filter(c -> List.of(states).contains(c.state())).toList();
    if (changes.isEmpty()) {
      return;
    }
    Message message = result.message();
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put("status", result.status().word());
    data.put("attemptId", result.attempt().toString());
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
    if (type == EventType.MESSAGE_DEFERRED && result.nextTryAt() != null) {
      data.put("nextTryAt", result.nextTryAt().toString());
    }
    data.put("metadata", message.metadata());
    UUID account = result.account() == null ? null : result.account().value();
    all.add(new NewEvent(type, message.organization(), message.id(), account, data));
  }
}
