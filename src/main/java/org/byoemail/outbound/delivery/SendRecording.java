package org.byoemail.outbound.delivery;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import org.byoemail.outbound.delivery.AttemptOutcome.Accepted;
import org.byoemail.outbound.delivery.AttemptOutcome.Deferred;
import org.byoemail.outbound.delivery.AttemptOutcome.Trouble;
import org.byoemail.outbound.delivery.OutgoingMail.Transport;
import org.byoemail.platform.trace.LogContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * The last step of every attempt: records its outcome, or gives the claim up. Everything is written
 * under the token of the claim; if another node has taken over, nothing is.
 */
@Component("sendRecording")
public class SendRecording {
  private static final Logger log = LoggerFactory.getLogger(SendRecording.class);
  static final Deferred INTERNAL =
      new Deferred(
          "the gateway failed, see its log", DeliveryLifecycle.INTERNAL, Trouble.ACCOUNT, false);

  private final SendSettings settings;
  private final DeliveryLifecycle lifecycle;
  private final ResultCommit results;
  private final AccountCircuitBreaker accountBreaker;
  private final PlatformTransports platform;
  private final Claims claims;
  private final GatewayFailures failures;

  SendRecording(
      SendSettings settings,
      DeliveryLifecycle lifecycle,
      ResultCommit results,
      AccountCircuitBreaker accountBreaker,
      PlatformTransports platform,
      Claims claims,
      GatewayFailures failures) {
    this.settings = settings;
    this.lifecycle = lifecycle;
    this.results = results;
    this.accountBreaker = accountBreaker;
    this.platform = platform;
    this.claims = claims;
    this.failures = failures;
  }

  /** Pretends to send. */
  public void simulate(OutgoingMail mail) {
    mail.outcomeForAll(new Accepted("simulated: nothing was sent", null));
  }

  /**
   * Records the outcome of a mail. Mails that end at the same time share a transaction; each is
   * committed when this returns.
   */
  public void record(OutgoingMail mail) {
    try (LogContext ids = mail.inLogs()) {
      recordHere(mail);
    }
  }

  private void recordHere(OutgoingMail mail) {
    mail.forgetBodies();
    if (!mail.isDecided()) {
      throw new IllegalStateException(mail + " was sent without an outcome");
    }
    Optional<Deferred> trouble = platform.note(mail.leavesBy(), mail.outcomes().values());
    if (trouble.isPresent()) {
      Duration wait = platform.waiting(mail.leavesBy()).orElse(Duration.ZERO);
      lifecycle.retract(mail.claim(), wait, trouble.get());
      claims.done(mail.claim());
      return;
    }
    if (mail.leavesBy() == Transport.SMTP) {
      // First: a mail that waits for its account would be claimed again before that backs off.
      accountBreaker.note(mail.account(), mail.outcomes().values());
    }
    failures.ended();
    if (results.record(FinishedAttempt.of(mail))) {
      mail.recorded();
    } else {
      log.warn(
          "message {}: the claim ran out before its result was recorded; another node has it",
          mail.messageId());
    }
    claims.done(mail.claim());
  }

  /**
   * Handles an internal error. If no server can have accepted the mail, the attempt waits again and
   * no attempt is counted; if the outcome is known but cannot be recorded, its claim expires.
   *
   * @param work claims, or a mail that was made of one; null in a route that maintains claims
   */
  public void failed(@Nullable Object work, Throwable failure) {
    if (work instanceof OutgoingMail mail) {
      try (LogContext ids = mail.inLogs()) {
        failed(mail.claim(), mail.isDecided(), failure);
      }
    } else if (work instanceof Collection<?> claims) {
      claims.forEach(claim -> failedOfSeveral((Claim) claim, failure));
    } else {
      log.warn("claims could not be maintained; next try soon: {}", failure.toString());
    }
  }

  // One that cannot be returned must not keep the others from it: they would be renewed for ever.
  private void failedOfSeveral(Claim claim, Throwable failure) {
    try (LogContext ids = claim.inLogs(null)) {
      failed(claim, false, failure);
    } catch (DataAccessException | TransactionException e) {
      log.warn(
          "message {}: its claim could not be returned, and expires: {}",
          claim.message(),
          e.toString());
    }
  }

  private void failed(Claim claim, boolean isDecided, Throwable failure) {
    failures.failed(failure);
    try {
      if (isDecided) {
        log.error(
            "message {}: its result could not be recorded; once its claim has run out, its fate"
                + " counts as unknown",
            claim.message(),
            failure);
      } else {
        log.warn(
            "message {} was not sent because the gateway failed; next try in {} s",
            claim.message(),
            settings.ownTroubleDelay().toSeconds(),
            failure);
        lifecycle.retract(claim, settings.ownTroubleDelay(), INTERNAL);
      }
    } finally {
      claims.done(claim);
    }
  }
}
