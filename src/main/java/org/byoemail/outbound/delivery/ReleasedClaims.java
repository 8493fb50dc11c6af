package org.byoemail.outbound.delivery;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.trace.LogContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Releases claims whose attempts do not begin; no attempt is counted. Safe for use by many threads.
 */
@Component
class ReleasedClaims {
  private static final Logger log = LoggerFactory.getLogger(ReleasedClaims.class);

  /** When mail of a stopped sender is looked at again whose account is claimed for. */
  private static final Duration STOPPED = Duration.ofSeconds(15);

  private final DeliveryLifecycle lifecycle;
  private final ReviewLifecycle reviewed;
  private final Claims claims;
  private final AccountLimits limits;
  private final SendingStops stops;
  private final GatewayFailures failures;
  private final SendSettings settings;

  ReleasedClaims(
      DeliveryLifecycle lifecycle,
      ReviewLifecycle reviewed,
      Claims claims,
      AccountLimits limits,
      SendingStops stops,
      GatewayFailures failures,
      SendSettings settings) {
    this.stops = stops;
    this.failures = failures;
    this.settings = settings;
    this.lifecycle = lifecycle;
    this.reviewed = reviewed;
    this.claims = claims;
    this.limits = limits;
  }

  /** Nothing is left to do for a claim that was given up, or lost. */
  void drop(Claim claim) {
    claims.done(claim);
  }

  /** The gateway failed to decide about one mail: the others of its batch go on. */
  void failed(Claim claim, RuntimeException failure) {
    failures.failed(failure);
    try (LogContext ids = claim.inLogs(null)) {
      lifecycle.retract(claim, settings.ownTroubleDelay(), SendRecording.INTERNAL);
      log.warn(
          "message {} was not sent because the gateway failed; next try in {} s",
          claim.message(),
          settings.ownTroubleDelay().toSeconds(),
          failure);
    }
    claims.done(claim);
  }

  /** Has mail claimed again after the delay. */
  void postpone(List<Claim> claimed, Duration delay) {
    lifecycle.postpone(claimed, delay);
    claimed.forEach(claims::done);
  }

  /** Has mail, and all other mail of its accounts if the wait says so, claimed again later. */
  void postpone(List<Claim> claimed, ServerConcurrencyLimiter.Wait wait) {
    if (wait.reason() != null) {
      limits.waitFor(
          claimed.stream().map(Claim::account).filter(Objects::nonNull).distinct().toList(),
          wait.delay(),
          wait.reason());
    }
    postpone(claimed, wait.delay());
  }

  /**
   * Lets the mail of stopped senders wait.
   *
   * @return the other claims
   */
  List<Claim> stop(List<Claim> claimed) {
    return stop(claimed, stops.among(claimed));
  }

  private List<Claim> stop(List<Claim> claimed, Set<StoredMessageId> stopped) {
    if (stopped.isEmpty()) {
      return claimed;
    }
    postpone(claimed.stream().filter(one -> stopped.contains(one.message())).toList(), STOPPED);
    return claimed.stream().filter(one -> !stopped.contains(one.message())).toList();
  }

  /** Ends the work on claims that did not begin: they were lost, or a stop has come first. */
  void notBegun(List<Claim> claimed) {
    if (!claimed.isEmpty()) {
      stop(claimed, stops.amongNow(claimed)).forEach(this::drop);
    }
  }

  /**
   * Ends the messages that have expired.
   *
   * @return the other claims
   */
  List<Claim> expire(List<Claim> claimed) {
    List<Claim> expired = claimed.stream().filter(Claim::expired).toList();
    if (expired.isEmpty()) {
      return claimed;
    }
    lifecycle.expire(expired);
    reviewed.endUnused(expired.stream().map(Claim::message).toList());
    expired.forEach(claims::done);
    return claimed.stream().filter(claim -> !claim.expired()).toList();
  }
}
