package org.byoemail.inbound.ingest;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.byoemail.account.registry.Account;
import org.byoemail.format.calendar.Invitation;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.event.EventData.MailHeld;
import org.byoemail.platform.event.EventData.MailHeldLimitReached;
import org.byoemail.platform.event.EventData.MessageQuarantined;
import org.byoemail.platform.event.EventData.MessageReceived;
import org.byoemail.platform.event.EventData.MessageReceived.FindingSummary;
import org.byoemail.platform.event.EventData.MessageReceived.InvitationSummary;
import org.byoemail.platform.event.Events;
import org.byoemail.platform.event.Events.NewEvent;
import org.byoemail.platform.restore.RestoreDetection;
import org.byoemail.platform.trace.TracePropagation;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Publishes inbound mail, in the transaction that stores it. */
@Component
class InboundEvents {
  private final Events events;
  private final RestoreDetection restore;
  private final TracePropagation traces;

  InboundEvents(Events events, RestoreDetection restore, TracePropagation traces) {
    this.events = events;
    this.restore = restore;
    this.traces = traces;
  }

  /**
   * Publishes mails that became messages.
   *
   * @param messages of the items, in the same order
   */
  void received(List<IngestItem> items, List<Message> messages) {
    List<NewEvent> received = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      received.add(received(items.get(i), messages.get(i)));
    }
    events.recordFirst(received);
  }

  private NewEvent received(IngestItem item, Message message) {
    Account account = item.account();
    return new NewEvent(
        account.organization(),
        message.id().value(),
        account.id().value(),
        new MessageReceived(
            message.conversation().value(),
            message.from(),
            message.fromName(),
            message.to(),
            recipient(item),
            item.destination().tag(),
            message.subject(),
            item.authentication().word(),
            item.verdict() == null ? null : item.verdict().kind().word(),
            item.verdict() == null || item.verdict().source() == null
                ? null
                : item.verdict().source().word(),
            item.letIn() == null ? null : item.letIn().word(),
            item.autoSubmitted(),
            item.kind(),
            item.parsed().invitation().map(InboundEvents::summary).orElse(null),
            item.content().attachments().size(),
            item.screening().findings().stream()
                .map(one -> new FindingSummary(one.kind(), one.severity()))
                .distinct()
                .toList(),
            item.mail().isPossibleDuplicate(),
            restore.mayBeKnown(item.mail().receivedAt())),
        traces.current());
  }

  private static @Nullable String recipient(IngestItem item) {
    EmailAddress recipient = item.destination().recipient();
    return recipient == null ? null : recipient.value();
  }

  private static InvitationSummary summary(Invitation invitation) {
    return new InvitationSummary(
        invitation.method(),
        invitation.uid(),
        invitation.summary(),
        invitation.start().orElse(null),
        invitation.end().orElse(null));
  }

  /** Publishes mails that are held for review; one that is undecided, once it is decided. */
  void held(List<IngestItem> items) {
    events.recordFirst(
        items.stream()
            .filter(one -> one.verdict() != null && !one.isHeldForNow())
            .map(this::heldEvent)
            .toList());
  }

  // No subject and no text: it may be written for the agent.
  private NewEvent heldEvent(IngestItem item) {
    Account account = item.account();
    return new NewEvent(
        account.organization(),
        null,
        account.id().value(),
        new MailHeld(
            item.id(),
            item.destination().agent().value(),
            InboundMails.sender(item.mail().headers()),
            Objects.requireNonNull(item.verdict()).kind().word(),
            item.heldBecause().word(),
            item.decision().reason(),
            item.mail().size()),
        traces.current());
  }

  /** Publishes mails that would be held for review, if not too many were already. */
  void notHeld(List<IngestItem> items) {
    events.recordFirst(
        items.stream()
            .map(
                item ->
                    new NewEvent(
                        item.account().organization(),
                        null,
                        item.account().id().value(),
                        new MailHeldLimitReached(
                            item.id(),
                            item.destination().agent().value(),
                            InboundMails.sender(item.mail().headers()),
                            item.decision().reason()),
                        traces.current()))
            .toList());
  }

  /** Publishes mails that were quarantined. */
  void quarantined(List<IngestItem> items) {
    events.recordFirst(items.stream().map(this::quarantined).toList());
  }

  private NewEvent quarantined(IngestItem item) {
    MailHeaders headers = item.mail().headers();
    Account account = item.account();
    return new NewEvent(
        account.organization(),
        null,
        account.id().value(),
        new MessageQuarantined(
            item.id(),
            item.decision().reason(),
            InboundMails.sender(headers),
            InboundMails.clean(headers.subject()),
            item.mail().size()),
        traces.current());
  }
}
