package org.byoemail.outbound.outbox;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.DeliveryConflict;
import org.byoemail.outbound.delivery.DeliveryLifecycle;
import org.byoemail.outbound.submission.Submissions;
import org.byoemail.outbound.suppression.Suppression;
import org.byoemail.outbound.suppression.Suppressions;
import org.byoemail.platform.conversation.Attachments;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages;
import org.byoemail.platform.dossier.DossierKind;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Shows outbound messages, and what a person may do about them. Safe for use by many threads. */
@Component
public class Outbox {
  private static final int MAX_NAMED = 10;

  private final Messages messages;
  private final Attachments attachments;
  private final OutboxRows rows;
  private final DeliveryLifecycle deliveries;
  private final Submissions submissions;
  private final OutboxActions actions;
  private final Suppressions suppressions;

  Outbox(
      Messages messages,
      Attachments attachments,
      OutboxRows rows,
      DeliveryLifecycle deliveries,
      Submissions submissions,
      OutboxActions actions,
      Suppressions suppressions) {
    this.suppressions = suppressions;
    this.actions = actions;
    this.messages = messages;
    this.attachments = attachments;
    this.rows = rows;
    this.deliveries = deliveries;
    this.submissions = submissions;
  }

  /** The messages that match a filter, newest first. */
  public List<OutboxEntry> list(OutboxFilter filter) {
    return rows.list(filter);
  }

  /**
   * One message with its attempts, its texts cut as {@link Messages#excerpt} does; empty if there
   * is no such outbound message.
   */
  @Transactional(readOnly = true)
  public Optional<OutboundDetails> story(StoredMessageId messageId) {
    return messages
        .excerpt(messageId)
        .flatMap(message -> rows.story(message, attachments.ofMessage(messageId)));
  }

  /** The id of the last review of a message; empty if it never had one. */
  public Optional<UUID> review(StoredMessageId message) {
    return actions.review(message);
  }

  /** What the gates of the agent's sending policy say about a message, and its review. */
  public List<Gate> gates(Message message) {
    return actions.gates(message);
  }

  /**
   * Cancels what has not left: recipients that were reached stay as they are.
   *
   * @return false if there is no such outbound message
   * @throws DeliveryConflict if it is being sent, or has left
   */
  @Transactional
  public boolean cancel(StoredMessageId messageId) {
    return recorded(
        DossierKind.CANCELLED,
        messageId,
        actions.reviews().cancel(messageId) || deliveries.cancel(messageId));
  }

  /**
   * Has a held message sent now, or, if it was reviewed, reviewed again.
   *
   * @return false if there is no such outbound message
   * @throws DeliveryConflict if it is not held
   */
  @Transactional
  public boolean release(StoredMessageId messageId) {
    return recorded(
        DossierKind.RELEASED,
        messageId,
        actions.reviews().askAgain(messageId, true, submissions.expiresAfter())
            || deliveries.release(messageId, submissions.expiresAfter()));
  }

  /**
   * Sends a failed or expired message again, to the recipients that it did not reach; if it was
   * reviewed, it is reviewed again before.
   *
   * @return false if there is no such outbound message
   * @throws DeliveryConflict if it has not failed, is still being tried, or all of its remaining
   *     recipients are suppressed
   */
  @Transactional
  public boolean resend(StoredMessageId messageId) {
    refuseSuppressed(messageId);
    return recorded(
        DossierKind.RESENT,
        messageId,
        actions.reviews().askAgain(messageId, false, submissions.expiresAfter())
            || deliveries.resend(messageId, submissions.expiresAfter()));
  }

  private void refuseSuppressed(StoredMessageId messageId) {
    List<EmailAddress> failed = rows.failed(messageId);
    if (failed.isEmpty()) {
      return;
    }
    Map<EmailAddress, Suppression> suppressed =
        suppressions.among(rows.organization(messageId), rows.endpoint(messageId), failed);
    if (suppressed.size() == failed.size()) {
      String addresses =
          suppressed.keySet().stream()
              .limit(MAX_NAMED)
              .map(EmailAddress::value)
              .sorted()
              .collect(Collectors.joining(", "));
      throw new DeliveryConflict(
          messageId,
          "all recipients that it did not reach are suppressed ("
              + addresses
              + (suppressed.size() > MAX_NAMED ? ", ..." : "")
              + "): lift the suppression first (DELETE /suppressions?address=...), then resend");
    }
  }

  private boolean recorded(DossierKind action, StoredMessageId messageId, boolean done) {
    if (done) {
      actions.record(action, messageId, rows.organization(messageId));
    }
    return done;
  }
}
