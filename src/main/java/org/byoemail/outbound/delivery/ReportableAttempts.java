package org.byoemail.outbound.delivery;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.byoemail.account.registry.BounceAccounts;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.MessageId;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The attempts that a later report may be about, and what it changes. Safe for use by many threads
 * and nodes.
 */
@Component
public class ReportableAttempts {
  private static final Set<RecipientStatus> REPORTABLE =
      EnumSet.of(
          RecipientStatus.SENDING,
          RecipientStatus.SENT,
          RecipientStatus.DELIVERED,
          RecipientStatus.DEFERRED,
          RecipientStatus.HELD);

  private final ReportedAttemptRows rows;
  private final Recipients recipients;
  private final Messages messages;
  private final Deliveries deliveries;
  private final BounceAccounts bounceAccounts;

  ReportableAttempts(
      ReportedAttemptRows rows,
      Recipients recipients,
      Messages messages,
      Deliveries deliveries,
      BounceAccounts bounceAccounts) {
    this.bounceAccounts = bounceAccounts;
    this.rows = rows;
    this.recipients = recipients;
    this.messages = messages;
    this.deliveries = deliveries;
  }

  /**
   * The attempt of that id, if it left through that account, or through one whose reports arrive
   * there.
   */
  public Optional<ReportableAttempt> find(AccountId account, AttemptId attempt) {
    return rows.sent(bounceAccounts.servedBy(account), attempt).flatMap(found -> sent(found, true));
  }

  /** The newest attempt, through the same accounts, of the message with that Message-ID. */
  public Optional<ReportableAttempt> find(AccountId account, MessageId messageId) {
    return rows.sent(bounceAccounts.servedBy(account), messageId)
        .flatMap(found -> sent(found, false));
  }

  /**
   * The newest attempt, through the same accounts, of a message that was made within the last five
   * days, the time for which servers try, to the only one of those addresses that any went to;
   * empty where messages went to several.
   */
  public Optional<ReportableAttempt> lately(AccountId account, Collection<EmailAddress> addresses) {
    return rows.lately(bounceAccounts.servedBy(account), addresses)
        .flatMap(found -> sent(found, false));
  }

  /**
   * Takes the lock on what became of several messages, in the order that everybody takes it in: a
   * transaction that reports of more than one calls this first.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void lock(Collection<UUID> messages) {
    recipients.lockMessages(messages);
  }

  /** The status of a message, derived from its recipients. */
  public MessageStatus status(UUID message) {
    return recipients.derive(message);
  }

  /**
   * Writes what a report says: failed after delivered wins, and what is over stays as it is. A
   * failure counts for a recipient only while no later attempt was made for it. An attempt becomes
   * FAILED with the first that failed, DELIVERED when all of its recipients are.
   *
   * @return those results that changed the state of a recipient
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public List<ReportedResult> reported(ReportableAttempt sent, List<ReportedResult> results) {
    // Before anything else of the message, as recording a try does: a report can come that fast.
    recipients.lockMessages(List.of(sent.message()));
    Map<EmailAddress, Recipients.Row> before =
        recipients.of(sent.message()).stream()
            .collect(Collectors.toMap(Recipients.Row::address, Function.identity()));
    List<ReportedResult> changed = new ArrayList<>();
    for (ReportedResult result : results) {
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
        REPORTABLE,
        changed.stream()
            .map(
                r ->
                    new Recipients.Change(
                        r.address(), r.state(), r.enhancedStatus(), r.diagnostic()))
            .toList());
    changed.stream()
        .collect(Collectors.groupingBy(result -> sent.attemptOf(result.address())))
        .forEach((attempt, some) -> attempt(attempt, some, before.values()));
    deliveries.wakeIfSettled(sent.message());
    return changed;
  }

  /** A report that comes late may be about an attempt that was long followed by another. */
  private static boolean isOfLastAttempt(ReportableAttempt sent, Recipients.Row row) {
    return !sent.exact() || row.attempt() == null || sent.attempt().equals(row.attempt());
  }

  private void attempt(
      AttemptId attempt, List<ReportedResult> changed, Collection<Recipients.Row> before) {
    Optional<ReportedResult> failed =
        changed.stream().filter(result -> !result.delivered()).findFirst();
    if (failed.isPresent()) {
      rows.reported(attempt, AttemptState.FAILED, failed.get());
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
      rows.reported(attempt, AttemptState.DELIVERED, changed.get(0));
    }
  }

  private Optional<ReportableAttempt> sent(ReportedAttemptRows.Sent found, boolean exact) {
    return messages
        .withoutTexts(found.message())
        .map(message -> sent(found.attempt(), exact, message));
  }

  private ReportableAttempt sent(AttemptId attempt, boolean exact, Message message) {
    return new ReportableAttempt(
        attempt,
        exact,
        message.id(),
        message.organization(),
        recipients.of(message.id()).stream()
            .map(row -> new ReportableAttempt.Recipient(row.address(), row.attempt()))
            .toList(),
        message.metadata());
  }
}
