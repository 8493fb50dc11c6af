package org.byoemail.outbound.delivery;

import java.util.ArrayList;
import java.util.List;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.outbound.delivery.Recipients.Change;
import org.byoemail.platform.conversation.Message;
import org.springframework.stereotype.Component;

/** Recipients of accepted messages that fail at once, since they are suppressed. */
@Component
class SuppressedAtAccept {
  private final SuppressedRecipients suppressed;
  private final Deliveries deliveries;
  private final AttemptRows attempts;
  private final Recipients recipients;
  private final SendEvents events;

  SuppressedAtAccept(
      SuppressedRecipients suppressed,
      Deliveries deliveries,
      AttemptRows attempts,
      Recipients recipients,
      SendEvents events) {
    this.suppressed = suppressed;
    this.deliveries = deliveries;
    this.attempts = attempts;
    this.recipients = recipients;
    this.events = events;
  }

  /** Ends them, and the message if it has no others, in the transaction that stores it. */
  void leaveOut(NewDelivery accepted, Message message, List<EmailAddress> addresses) {
    List<Change> changes = new ArrayList<>();
    suppressed
        .refusals(message.organization(), message.endpoint(), addresses)
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
}
