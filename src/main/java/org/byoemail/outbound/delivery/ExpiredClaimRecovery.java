package org.byoemail.outbound.delivery;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.outbound.delivery.AttemptOutcome.Unknown;
import org.byoemail.outbound.delivery.OutgoingMail.Transport;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Goes on with what a node left behind, and ends what has waited too long. Every node does it; each
 * delivery is locked while it is looked at.
 */
@Component("expiredClaimRecovery")
public class ExpiredClaimRecovery {
  private static final Logger LOG = LoggerFactory.getLogger(ExpiredClaimRecovery.class);
  private static final int BATCH = 200;
  private static final Duration GRACE = Duration.ofSeconds(45);

  private final Deliveries deliveries;
  private final AttemptRows attempts;
  private final Recipients recipients;
  private final Messages messages;
  private final AttemptResults results;
  private final Expiry expiry;
  private final TransactionTemplate transaction;
  private final Claims claims;
  private final Clock clock;
  private volatile Instant quietUntil = Instant.MIN;

  ExpiredClaimRecovery(
      Deliveries deliveries,
      AttemptRows attempts,
      Recipients recipients,
      Messages messages,
      AttemptResults results,
      Expiry expiry,
      TransactionTemplate transaction,
      Claims claims,
      Clock clock) {
    this.deliveries = deliveries;
    this.attempts = attempts;
    this.recipients = recipients;
    this.messages = messages;
    this.results = results;
    this.expiry = expiry;
    this.transaction = transaction;
    this.claims = claims;
    this.clock = clock;
  }

  /** Takes over claims that ran out: nobody works on them any more. */
  public void takeOver() {
    if (clock.instant().isBefore(quietUntil)) {
      return;
    }
    List<Claim> runOut;
    try {
      runOut = deliveries.runOut(BATCH);
    } catch (DataAccessException e) {
      // While the database was away no node could renew: they are given the time to do it.
      quietUntil = clock.instant().plus(GRACE);
      throw e;
    }
    for (Claim claim : runOut) {
      // What this node works on it will record itself, however late.
      if (!claims.isHeld(claim)) {
        try {
          transaction.executeWithoutResult(status -> takeOver(claim));
        } catch (RuntimeException e) {
          LOG.error("cannot take over message {}; next try soon", claim.message(), e);
        }
      }
    }
  }

  /** Ends messages that have waited too long, for whatever reason. */
  public void expire() {
    expiry.endAll();
  }

  private void takeOver(Claim claim) {
    if (!deliveries.lockRunOut(claim)) {
      return;
    }
    AttemptRows.Locked attempt = attempts.lock(claim.attempt()).orElseThrow();
    if (attempt.state() == AttemptState.QUEUED) {
      LOG.info("message {}: its claim ran out before it was sent; it goes on", claim.message());
      deliveries.release(List.of(claim), Duration.ZERO);
    } else if (attempt.state() == AttemptState.SENDING
        && (attempt.provider() == null || !Transport.of(attempt.provider()).isReal())) {
      attempts.requeue(
          List.of(new AttemptRows.Requeued(claim.attempt(), "internal", "its node stopped")));
      recipients.requeue(List.of(claim));
      deliveries.release(List.of(claim), Duration.ZERO);
    } else {
      LOG.warn(
          "message {}: its claim ran out while it was sent; its fate is unknown", claim.message());
      unknown(claim);
    }
  }

  private void unknown(Claim claim) {
    Map<EmailAddress, AttemptOutcome> outcomes = new LinkedHashMap<>();
    for (Recipients.Row recipient : recipients.of(claim.message())) {
      if (recipient.state() == RecipientStatus.SENDING) {
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
      results.write(
          List.of(
              new FinishedAttempt(claim, message(claim.message()), outcomes, false, List.of())));
    }
  }

  private Message message(UUID id) {
    return messages
        .withoutTexts(id)
        .orElseThrow(() -> new IllegalStateException("no message " + id));
  }
}
