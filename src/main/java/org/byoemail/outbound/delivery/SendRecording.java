package org.byoemail.outbound.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.byoemail.outbound.delivery.AttemptOutcome.Accepted;
import org.byoemail.outbound.delivery.AttemptOutcome.Deferred;
import org.byoemail.outbound.delivery.AttemptOutcome.Trouble;
import org.byoemail.outbound.delivery.OutgoingMail.Transport;
import org.byoemail.outbound.sentfolder.SentFolderKeeper;
import org.byoemail.platform.conversation.MessageIds;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The last step of every try: writes down what became of it, or gives the delivery back. Everything
 * is written under the token of the claim; where another node has taken over, nothing is.
 */
@Component("sendRecording")
public class SendRecording {
  private static final Logger LOG = LoggerFactory.getLogger(SendRecording.class);
  private static final int MOST_AT_A_TIME = 64;
  private static final Deferred OURS =
      new Deferred("trouble of this gateway, see its log", "internal", Trouble.ACCOUNT, false);

  private final SendSettings settings;
  private final AttemptResults results;
  private final GroupCommit<FinishedAttempt, Boolean> ended;
  private final AttemptRows attempts;
  private final Deliveries deliveries;
  private final Recipients recipients;
  private final AccountTrouble accountTrouble;
  private final PlatformTransports platform;
  private final MessageIds messageIds;
  private final SentFolderKeeper sentFolder;
  private final Claims claims;
  private final TransactionTemplate transaction;

  SendRecording(
      SendSettings settings,
      AttemptResults results,
      AttemptRows attempts,
      Deliveries deliveries,
      Recipients recipients,
      AccountTrouble accountTrouble,
      PlatformTransports platform,
      MessageIds messageIds,
      SentFolderKeeper sentFolder,
      Claims claims,
      PlatformTransactionManager transactions) {
    this.settings = settings;
    this.results = results;
    this.ended = new GroupCommit<>(MOST_AT_A_TIME, transactions, this::write);
    this.attempts = attempts;
    this.deliveries = deliveries;
    this.recipients = recipients;
    this.accountTrouble = accountTrouble;
    this.platform = platform;
    this.messageIds = messageIds;
    this.sentFolder = sentFolder;
    this.claims = claims;
    this.transaction = new TransactionTemplate(transactions);
  }

  /** Pretends to send. */
  public void simulate(OutgoingMail mail) {
    mail.outcomeForAll(new Accepted("simulated: nothing was sent", null));
  }

  /**
   * Writes down what became of a mail. Mails that end at the same time share a transaction; each is
   * committed when this returns.
   */
  public void record(OutgoingMail mail) {
    mail.forgetBodies();
    if (!mail.isDecided()) {
      throw new IllegalStateException(mail + " was sent without an outcome");
    }
    Optional<Deferred> trouble = platform.note(mail.leavesBy(), mail.outcomes().values());
    if (trouble.isPresent()) {
      Duration wait = platform.waiting(mail.leavesBy()).orElse(Duration.ZERO);
      transaction.executeWithoutResult(status -> giveBack(mail.claim(), wait, trouble.get()));
      claims.done(mail.claim());
      return;
    }
    if (mail.leavesBy() == Transport.SMTP) {
      // First: a mail that waits for its account would be claimed again before that backs off.
      accountTrouble.note(mail.account(), mail.outcomes().values());
    }
    if (!ended.submit(FinishedAttempt.of(mail))) {
      LOG.warn(
          "message {}: the claim ran out before its result was recorded; another node has it",
          mail.messageId());
    }
    claims.done(mail.claim());
  }

  private List<Boolean> write(List<FinishedAttempt> tries) {
    List<Boolean> ours = results.write(tries);
    List<FinishedAttempt> written = new ArrayList<>();
    for (int i = 0; i < tries.size(); i++) {
      if (ours.get(i)) {
        FinishedAttempt one = tries.get(i);
        one.learnt().forEach(id -> messageIds.learn(one.message().id(), id));
        written.add(one);
      }
    }
    sentFolder.plan(
        written.stream()
            .map(one -> one.claim().account())
            .filter(Objects::nonNull)
            .collect(Collectors.toSet()),
        written.stream().map(one -> one.claim().attempt()).toList());
    return ours;
  }

  /**
   * Trouble of ours. Where no server can have taken the mail, the attempt waits again and no try is
   * counted; where what became of it is known but cannot be written down, its claim runs out.
   *
   * @param work claims, or a mail that was made of one; null in a route that looks after them
   */
  public void failed(@Nullable Object work, Throwable failure) {
    if (work instanceof OutgoingMail mail) {
      failed(mail.claim(), mail.isDecided(), failure);
    } else if (work instanceof Collection<?> claims) {
      claims.forEach(claim -> failed((Claim) claim, false, failure));
    } else {
      LOG.warn("claims could not be looked after; next try soon: {}", failure.toString());
    }
  }

  private void failed(Claim claim, boolean isDecided, Throwable failure) {
    try {
      if (isDecided) {
        LOG.error(
            "message {}: what became of it could not be recorded; once its claim has run out, its"
                + " fate counts as unknown",
            claim.message(),
            failure);
      } else {
        LOG.warn(
            "message {} was not sent, for trouble of this gateway; next try in {} s",
            claim.message(),
            settings.ownTroubleDelay().toSeconds(),
            failure);
        transaction.executeWithoutResult(
            status -> giveBack(claim, settings.ownTroubleDelay(), OURS));
      }
    } finally {
      claims.done(claim);
    }
  }

  private void giveBack(Claim claim, Duration wait, Deferred trouble) {
    if (deliveries.lock(List.of(claim)).tokens().isEmpty()) {
      return;
    }
    deliveries.release(List.of(claim), wait);
    attempts.requeue(
        List.of(new AttemptRows.Requeued(claim.attempt(), trouble.code(), trouble.words())));
    recipients.requeue(List.of(claim));
  }
}
