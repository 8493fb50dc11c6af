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
import org.byoemail.event.Events.NewEvent;
import org.byoemail.mail.AccountId;
import org.byoemail.mail.AttemptId;
import org.byoemail.outbound.Recipients.Change;
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
  public record Told(
      Message message,
      @Nullable AccountId account,
      AttemptId attempt,
      MessageStatus status,
      List<Change> changes,
      @Nullable Instant nextTryAt) {}

  /**
   * One event for each thing that became of recipients: sent, failed, cancelled, deferred, held.
   */
  public void tell(List<Told> tries) {
    List<NewEvent> all = new ArrayList<>();
    for (Told told : tries) {
      add(all, EventType.MESSAGE_SENT, told, RecipientStatus.SENT, RecipientStatus.SIMULATED);
      add(all, EventType.MESSAGE_FAILED, told, RecipientStatus.FAILED, RecipientStatus.EXPIRED);
      add(all, EventType.MESSAGE_CANCELLED, told, RecipientStatus.CANCELLED);
      add(all, EventType.MESSAGE_DEFERRED, told, RecipientStatus.DEFERRED);
      add(all, EventType.MESSAGE_HELD, told, RecipientStatus.HELD);
    }
    events.record(all);
  }

  private static void add(
      List<NewEvent> all, EventType type, Told told, RecipientStatus... states) {
    List<Change> changes =
        told.changes().stream().filter(c -> List.of(states).contains(c.state())).toList();
    if (changes.isEmpty()) {
      return;
    }
    Message message = told.message();
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put("status", told.status().word());
    data.put("attemptId", told.attempt().toString());
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
    if (type == EventType.MESSAGE_DEFERRED && told.nextTryAt() != null) {
      data.put("nextTryAt", told.nextTryAt().toString());
    }
    data.put("metadata", message.metadata());
    UUID account = told.account() == null ? null : told.account().value();
    all.add(new NewEvent(type, message.organization(), message.id(), account, data));
  }
}
