package org.byoemail.inbound;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.byoemail.account.Account;
import org.byoemail.calendar.Invitation;
import org.byoemail.conversation.Message;
import org.byoemail.event.EventType;
import org.byoemail.event.Events;
import org.byoemail.event.Events.NewEvent;
import org.byoemail.mime.MailHeaders;
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
  void received(List<Intake> intakes, List<Message> messages) {
    List<NewEvent> told = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      told.add(received(intakes.get(i), messages.get(i)));
    }
    events.recordFirst(told);
  }

  private static NewEvent received(Intake intake, Message message) {
    MailHeaders headers = intake.mail().headers();
    Map<String, @Nullable Object> data = new HashMap<>();
    data.put("conversationId", message.conversation());
    data.put("from", message.from());
    data.put("fromName", message.fromName());
    data.put("to", message.to());
    data.put("subject", message.subject());
    data.put("authentication", intake.authentication().word());
    data.put("autoSubmitted", intake.autoSubmitted());
    data.put("kind", intake.kind());
    intake.parsed().invitation().ifPresent(one -> data.put("invitation", shown(one)));
    data.put("attachments", intake.content().attachments().size());
    if (intake.mail().isPossibleDuplicate()) {
      data.put("possibleDuplicate", true);
    }
    Account account = intake.account();
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
  void quarantined(List<Intake> intakes) {
    events.recordFirst(intakes.stream().map(InboundEvents::quarantined).toList());
  }

  private static NewEvent quarantined(Intake intake) {
    MailHeaders headers = intake.mail().headers();
    Map<String, @Nullable Object> data = new HashMap<>();
    data.put("inboundMailId", intake.id());
    data.put("reason", intake.decision().reason());
    data.put("from", InboundMails.sender(headers));
    data.put("subject", InboundMails.clean(headers.subject()));
    data.put("size", intake.mail().size());
    Account account = intake.account();
    return new NewEvent(
        EventType.MESSAGE_QUARANTINED, account.organization(), null, account.id().value(), data);
  }
}
