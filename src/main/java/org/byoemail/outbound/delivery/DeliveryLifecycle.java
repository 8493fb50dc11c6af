package org.byoemail.outbound.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.AttemptOutcome.Deferred;
import org.byoemail.outbound.delivery.AttemptOutcome.Unknown;
import org.byoemail.outbound.delivery.OutgoingMail.Transport;
import org.byoemail.outbound.delivery.Recipients.Change;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The lifecycle of outbound messages, from enqueued to settled, and the one writer of their
 * submissions, deliveries, attempts and recipients; {@link Claims} claims. Each transition is one
 * transaction, or joins its caller's where it says so. The order of locks is the same in all of
 * them: the messages, by their ids, then their deliveries, then everything else. Safe for use by
 * many threads and nodes.
 */
@Component
public class DeliveryLifecycle {
  private static final Logger log = LoggerFactory.getLogger(DeliveryLifecycle.class);

  /** The error code of an attempt that failed for a reason of the gateway. */
  static final String INTERNAL = "internal";

  private static final String EXPIRED = "expired before it could be sent";

  private final SubmissionQueue queue;
  private final Deliveries deliveries;
  private final AttemptRows attempts;
  private final Recipients recipients;
  private final AttemptResults results;
  private final Messages messages;
  private final SendEvents events;

  DeliveryLifecycle(
      SubmissionQueue queue,
      Deliveries deliveries,
      AttemptRows attempts,
      Recipients recipients,
      AttemptResults results,
      Messages messages,
      SendEvents events) {
    this.queue = queue;
    this.deliveries = deliveries;
    this.attempts = attempts;
    this.recipients = recipients;
    this.results = results;
    this.messages = messages;
    this.events = events;
  }

  /**
   * Takes the ids of submissions, for messages that the same transaction then stores and {@link
   * #enqueue enqueues}. Waits for another transaction that is about to take one of them.
   *
   * @return the messages whose id was free
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Set<StoredMessageId> register(List<NewDelivery> accepted) {
    return queue.register(accepted);
  }

  /**
   * Enqueues registered messages. Their suppressed recipients have failed at once, and a message
   * without others too. Joins the transaction that stores the messages.
   *
   * @param stored the messages, by their ids
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void enqueue(List<NewDelivery> accepted, Map<StoredMessageId, Message> stored) {
    queue.enqueue(accepted, stored);
  }

  /**
   * Begins attempts. An attempt whose claim was lost is left out; beginning one again under the
   * same claim changes nothing.
   *
   * @return by message, what is to be sent
   */
  Map<StoredMessageId, AttemptRows.StartedAttempt> begin(List<AttemptRows.Start> starts) {
    return attempts.begin(starts);
  }

  /**
   * Writes the results of attempts, as many as have ended, in the transaction of the caller.
   *
   * @return for each of them whether its claim was still valid; of the others nothing was written
   */
  @Transactional(propagation = Propagation.MANDATORY)
  List<Boolean> settle(List<FinishedAttempt> tries) {
    return results.write(tries);
  }

  /**
   * Gives up claims whose attempts have not begun; lost claims are left alone.
   *
   * @param wait how long they may not be claimed
   */
  void postpone(List<Claim> claims, Duration wait) {
    deliveries.release(claims, wait);
  }

  /**
   * Gives up a claim whose attempt was none: everything waits again. A lost claim is left alone.
   */
  @Transactional
  void retract(Claim claim, Duration wait, Deferred why) {
    if (!deliveries.lock(List.of(claim)).tokens().isEmpty()) {
      queueAgain(claim, wait, why.code(), why.words());
    }
  }

  private void queueAgain(Claim claim, Duration wait, String code, String words) {
    if (code.equals(INTERNAL)) {
      deliveries.releaseFailed(claim, wait);
    } else {
      deliveries.release(List.of(claim), wait);
    }
    attempts.requeue(List.of(new AttemptRows.Requeued(claim.attempt(), code, words)));
    recipients.requeue(List.of(claim));
  }

  /**
   * Assigns a claimed delivery without an account to the account that its sender now has, and
   * releases the claim.
   *
   * @return false if the claim was lost
   */
  boolean assign(Claim claim, AccountId account) {
    return deliveries.adopt(claim, account);
  }

  /** Continues a message whose claim has expired, unless it was renewed or settled since. */
  @Transactional
  void recover(Claim claim) {
    if (!deliveries.lockExpiredClaim(claim)) {
      return;
    }
    AttemptRows.Locked attempt = attempts.lock(claim.attempt()).orElseThrow();
    if (attempt.state() == AttemptState.QUEUED) {
      log.info(
          "message {}: its claim expired before it was sent; it is due again", claim.message());
      deliveries.release(List.of(claim), Duration.ZERO);
    } else if (attempt.state() == AttemptState.SENDING
        && (attempt.provider() == null || !Transport.of(attempt.provider()).isReal())) {
      queueAgain(claim, Duration.ZERO, INTERNAL, "its node stopped");
    } else {
      log.warn(
          "message {}: its claim ran out while it was sent; its fate is unknown", claim.message());
      settleUnknown(claim);
    }
  }

  private void settleUnknown(Claim claim) {
    Map<EmailAddress, AttemptOutcome> outcomes = new LinkedHashMap<>();
    for (Recipients.Row recipient : recipients.of(claim.message())) {
      if (recipient.state().canBeSettled()) {
        outcomes.put(
            recipient.address(),
            new Unknown(
                "the gateway stopped before the server's answer was recorded", "claim_ran_out"));
      }
    }
    if (outcomes.isEmpty()) {
      deliveries.finish(List.of(claim));
      recipients.derive(claim.message());
    } else {
      Message message = message(claim.message());
      results.write(
          List.of(
              new FinishedAttempt(
                  claim,
                  message,
                  outcomes,
                  false,
                  List.of(),
                  FinishedAttempt.SentVia.NOT_KNOWN,
                  null)));
    }
  }

  /** Ends claimed messages that have expired; lost claims are left alone. */
  @Transactional
  void expire(Collection<Claim> claims) {
    Set<UUID> valid = deliveries.lock(claims).tokens();
    expire(
        claims.stream()
            .filter(claim -> valid.contains(claim.token()))
            .collect(Collectors.toMap(Claim::message, Claim::attempt)));
  }

  /**
   * Locks some unclaimed messages that have expired, for {@link #expire(Map)} in the same
   * transaction.
   *
   * @return each with its attempt
   */
  @Transactional(propagation = Propagation.MANDATORY)
  Map<StoredMessageId, AttemptId> lockExpired(int limit, Set<StoredMessageId> passedOver) {
    return deliveries.lockExpired(limit, passedOver);
  }

  /** Ends locked messages that have expired. */
  @Transactional(propagation = Propagation.MANDATORY)
  void expire(Map<StoredMessageId, AttemptId> expired) {
    if (expired.isEmpty()) {
      return;
    }
    Map<StoredMessageId, List<Change>> changes = new HashMap<>();
    recipients
        .of(expired.keySet())
        .forEach(
            (message, rows) ->
                changes.put(
                    message,
                    rows.stream()
                        .filter(row -> row.state().canExpire())
                        .map(
                            row ->
                                new Change(
                                    row.address(), RecipientStatus.EXPIRED, "expired", EXPIRED))
                        .toList()));
    AttemptRows.Ending ending =
        new AttemptRows.Ending(AttemptState.FAILED, "expired", null, "expired", EXPIRED);
    deliveries.drop(expired.keySet());
    attempts.end(
        expired.values().stream().map(attempt -> new AttemptRows.Ended(attempt, ending)).toList());
    Map<StoredMessageId, MessageStatus> statuses =
        recipients.change(RecipientStatus::canExpire, changes);
    Map<StoredMessageId, Message> stored =
        messages.withoutTexts(expired.keySet()).stream()
            .collect(Collectors.toMap(Message::id, message -> message));
    events.publish(
        expired.entrySet().stream()
            .map(
                one ->
                    new SendEvents.Result(
                        Objects.requireNonNull(stored.get(one.getKey())),
                        null,
                        one.getValue(),
                        Objects.requireNonNull(statuses.get(one.getKey())),
                        Objects.requireNonNull(changes.get(one.getKey())),
                        null,
                        null))
            .toList());
  }

  /** Locks messages: a transaction that reports on more than one calls this first. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void lock(Collection<StoredMessageId> messageIds) {
    recipients.lockMessages(messageIds);
  }

  /**
   * Applies a report, in the transaction of the caller: failed wins over delivered, and other final
   * states stay. A failure counts for a recipient only while no later attempt was made for it. An
   * attempt becomes FAILED with the first recipient that failed, DELIVERED when all of its
   * recipients are.
   *
   * @return the results that changed the state of a recipient
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public List<ReportedResult> report(ReportableAttempt sent, List<ReportedResult> reported) {
    // A report can arrive while the result of its attempt is being written.
    recipients.lockMessages(List.of(sent.message()));
    Map<EmailAddress, Recipients.Row> before =
        recipients.of(sent.message()).stream()
            .collect(Collectors.toMap(Recipients.Row::address, Function.identity()));
    List<ReportedResult> changed = new ArrayList<>();
    for (ReportedResult result : reported) {
      Recipients.Row row = before.get(result.address());
      if (row != null
          && row.state().yieldsTo(result.state())
          && (result.delivered() || isOfLastAttempt(sent, row))) {
        changed.add(result);
      }
    }
    if (changed.isEmpty()) {
      return changed;
    }
    recipients.change(
        sent.message(),
        RecipientStatus::canBeReported,
        changed.stream()
            .map(r -> new Change(r.address(), r.state(), r.enhancedStatus(), r.diagnostic()))
            .toList());
    changed.stream()
        .collect(Collectors.groupingBy(result -> sent.attemptOf(result.address())))
        .forEach((attempt, some) -> report(attempt, some, before.values()));
    deliveries.wakeIfSettled(sent.message());
    return changed;
  }

  /** A late report may be about an attempt that was long followed by another. */
  private static boolean isOfLastAttempt(ReportableAttempt sent, Recipients.Row row) {
    return !sent.exact() || row.attempt() == null || sent.attempt().equals(row.attempt());
  }

  private void report(
      AttemptId attempt, List<ReportedResult> changed, Collection<Recipients.Row> before) {
    ReportedResult failed =
        changed.stream().filter(result -> !result.delivered()).findFirst().orElse(null);
    if (failed != null) {
      attempts.reported(attempt, AttemptState.FAILED, failed);
      return;
    }
    Set<EmailAddress> delivered =
        changed.stream().map(ReportedResult::address).collect(Collectors.toSet());
    boolean all =
        before.stream()
            .filter(row -> attempt.equals(row.attempt()))
            .allMatch(
                row ->
                    row.state() == RecipientStatus.DELIVERED || delivered.contains(row.address()));
    if (all) {
      attempts.reported(attempt, AttemptState.DELIVERED, changed.get(0));
    }
  }

  /**
   * Cancels a message for the recipients that it was not sent to.
   *
   * @return false if there is no such outbound message
   * @throws DeliveryConflict if it is being sent, or has left
   */
  @Transactional
  public boolean cancel(StoredMessageId messageId) {
    if (!lock(messageId)) {
      return false;
    }
    lockUnclaimed(messageId, "it has left, or there is nothing left to cancel");
    deliveries.drop(List.of(messageId));
    AttemptId attempt = attempts.cancel(messageId);
    List<Change> changes =
        recipients.addresses(messageId, RecipientStatus::canBeCancelled).stream()
            .map(address -> new Change(address, RecipientStatus.CANCELLED, "cancelled", null))
            .toList();
    MessageStatus status =
        recipients.move(messageId, RecipientStatus::canBeCancelled, RecipientStatus.CANCELLED);
    events.publish(
        List.of(
            new SendEvents.Result(message(messageId), null, attempt, status, changes, null, null)));
    return true;
  }

  /**
   * Has a held message sent now.
   *
   * @param expiresAfter how long it may wait at least, from now on
   * @return false if there is no such outbound message
   * @throws DeliveryConflict if it is not held
   */
  @Transactional
  public boolean release(StoredMessageId messageId, Duration expiresAfter) {
    if (!lock(messageId)) {
      return false;
    }
    if (!lockUnclaimed(messageId, "it is not held").isHeld()) {
      throw new DeliveryConflict(messageId, "it is not held");
    }
    deliveries.free(messageId, attempts.queued(messageId));
    queue.extendExpiry(messageId, expiresAfter);
    recipients.move(messageId, RecipientStatus::canBeReleased, RecipientStatus.QUEUED);
    return true;
  }

  /**
   * Sends a failed or expired message again, to the recipients that it did not reach.
   *
   * @param expiresAfter how long it may wait at least, from now on
   * @return false if there is no such outbound message
   * @throws DeliveryConflict if it has not failed, or is still being tried
   */
  @Transactional
  public boolean resend(StoredMessageId messageId, Duration expiresAfter) {
    if (!lock(messageId)) {
      return false;
    }
    if (deliveries.lock(messageId).isPresent()) {
      throw new DeliveryConflict(messageId, "it is still being tried");
    }
    if (recipients.addresses(messageId, RecipientStatus::canBeResent).isEmpty()) {
      throw new DeliveryConflict(messageId, "it has not failed");
    }
    deliveries.queueAgain(messageId, attempts.queued(messageId));
    queue.extendExpiry(messageId, expiresAfter);
    recipients.move(messageId, RecipientStatus::canBeResent, RecipientStatus.QUEUED);
    return true;
  }

  /**
   * Frees the ids of submissions for other mail; their messages keep them to be shown. What still
   * has to leave keeps its id.
   *
   * @return how many were freed
   */
  @Transactional
  public int forgetIds(Collection<StoredMessageId> messageIds) {
    return queue.forgetIds(messageIds);
  }

  private boolean lock(StoredMessageId messageId) {
    return recipients.lockMessages(List.of(messageId)) == 1;
  }

  private Deliveries.State lockUnclaimed(StoredMessageId messageId, String withoutDelivery) {
    Deliveries.State delivery =
        deliveries
            .lock(messageId)
            .orElseThrow(() -> new DeliveryConflict(messageId, withoutDelivery));
    if (delivery.isClaimed()) {
      throw new DeliveryConflict(messageId, "it is being sent at this moment");
    }
    return delivery;
  }

  private Message message(StoredMessageId id) {
    return messages
        .withoutTexts(id)
        .orElseThrow(() -> new IllegalStateException("no message " + id));
  }
}
