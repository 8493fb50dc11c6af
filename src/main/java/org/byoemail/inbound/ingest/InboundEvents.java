package org.byoemail.inbound.ingest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.byoemail.account.registry.Account;
import org.byoemail.format.calendar.Invitation;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.event.EventType;
import org.byoemail.platform.event.Events;
import org.byoemail.platform.event.Events.NewEvent;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Tells the platform of inbound mail, in the transaction that stores it. */
@Component
class InboundEvents {
  private final Events events;

  InboundEvents(Events events) {
    this.events = events;
  }

  /** Those have become messages, in the same order. */
  void received(List<IngestItem> intakes, List<Message> messages) {
    List<NewEvent> told = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      told.add(received(intakes.get(i), messages.get(i)));
    }
    events.recordFirst(told);
  }

  private static NewEvent received(IngestItem item, Message message) {
    MailHeaders headers = item.mail().headers();
    Map<String, @Nullable Object> data = new HashMap<>();
    data.put("conversationId", message.conversation());
    data.put("from", message.from());
    data.put("fromName", message.fromName());
    data.put("to", message.to());
    data.put("subject", message.subject());
    data.put("authentication", item.authentication().word());
    data.put("autoSubmitted", item.autoSubmitted());
    data.put("kind", item.kind());
    item.parsed().invitation().ifPresent(one -> data.put("invitation", shown(one)));
    data.put("attachments", item.content().attachments().size());
    if (item.mail().isPossibleDuplicate()) {
      data.put("possibleDuplicate", true);
    }
    Account account = item.account();
    return new NewEvent(
        EventType.MESSAGE_RECEIVED,
        account.organization(),
        message.id(),
        account.id().value(),
        data);
  }

  private static Map<String, @Nullable Object> shown(Invitation invitation) {
    Map<String, @Nullable Object> shown = new HashMap<>();
    shown.put("method", invitation.method());
    shown.put("uid", invitation.uid());
    shown.put("summary", invitation.summary());
    shown.put("start", invitation.start().map(Object::toString).orElse(null));
    shown.put("end", invitation.end().map(Object::toString).orElse(null));
    return shown;
  }

  /** Those were put aside. */
  void quarantined(List<IngestItem> intakes) {
    events.recordFirst(intakes.stream().map(InboundEvents::quarantined).toList());
  }

  private static NewEvent quarantined(IngestItem item) {
    MailHeaders headers = item.mail().headers();
    Map<String, @Nullable Object> data = new HashMap<>();
    data.put("inboundMailId", item.id());
    data.put("reason", item.decision().reason());
    data.put("from", InboundMails.sender(headers));
    data.put("subject", InboundMails.clean(headers.subject()));
    data.put("size", item.mail().size());
    Account account = item.account();
    return new NewEvent(
        EventType.MESSAGE_QUARANTINED, account.organization(), null, account.id().value(), data);
  }
}
