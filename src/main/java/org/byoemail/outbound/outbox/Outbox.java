package org.byoemail.outbound.outbox;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.byoemail.outbound.delivery.RecipientStatus;
import org.byoemail.outbound.delivery.Recipients.Change;
import org.byoemail.outbound.delivery.SendEvents;
import org.byoemail.platform.conversation.Attachments;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * What is known of outbound messages, and what a person may do about them. Safe for use by many
 * threads and nodes.
 */
@Component
public class Outbox {

  private final Messages messages;
  private final Attachments attachments;
  private final OutboxRows rows;
  private final OutboxChanges changes;
  private final SendEvents events;

  Outbox(
      Messages messages,
      Attachments attachments,
      OutboxRows rows,
      OutboxChanges changes,
      SendEvents events) {
    this.messages = messages;
    this.attachments = attachments;
    this.rows = rows;
    this.changes = changes;
    this.events = events;
  }

  /** The messages that a filter leaves, newest first. */
  public List<OutboxEntry> list(OutboxFilter filter) {
    return rows.list(filter);
  }

  /**
   * All of one message, its texts cut as {@link Messages#excerpt} does; empty where there is no
   * outbound one of that id.
   */
  @Transactional(readOnly = true)
  public Optional<OutboundDetails> story(UUID messageId) {
    return messages
        .excerpt(messageId)
        .flatMap(message -> rows.story(message, attachments.ofMessage(messageId)));
  }

  /**
   * Cancels what has not left: recipients that were reached stay as they are.
   *
   * @return false where there is no such outbound message
   * @throws OutboxRefusal where a node is sending it, or it has left
   */
  @Transactional
  public boolean cancel(UUID messageId) {
    return change(
        messageId,
        id ->
            messages
                .withoutTexts(id)
                .ifPresent(message -> publishCancelled(message, changes.cancel(id))));
  }

  /**
   * Lets a held message leave now.
   *
   * @return false where there is no such outbound message
   * @throws OutboxRefusal where it is not held
   */
  @Transactional
  public boolean release(UUID messageId) {
    return change(messageId, changes::release);
  }

  /**
   * Sends a failed or expired message again, to those recipients that it did not reach.
   *
   * @return false where there is no such outbound message
   * @throws OutboxRefusal where it has not failed, or is still being tried
   */
  @Transactional
  public boolean resend(UUID messageId) {
    return change(messageId, changes::resend);
  }

  private void publishCancelled(Message message, OutboxChanges.Cancelled cancelled) {
    events.publish(
        List.of(
            new SendEvents.Result(
                message,
                null,
                cancelled.attempt(),
                cancelled.status(),
                cancelled.recipients().stream()
                    .map(r -> new Change(r, RecipientStatus.CANCELLED, "cancelled", null))
                    .toList(),
                null)));
  }

  private boolean change(UUID messageId, Consumer<UUID> change) {
    if (!changes.lock(messageId)) {
      return false;
    }
    change.accept(messageId);
    return true;
  }
}
