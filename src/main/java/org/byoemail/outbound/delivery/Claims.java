package org.byoemail.outbound.delivery;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * The claims of this node: requests them for {@code sql/claim-deliveries.sql}, keeps and renews
 * them. Called by routes and by that statement. Safe for use by many threads.
 */
@Component("claims")
public class Claims {
  private static final int MAX_MARKED_AT_ONCE = 1000;

  private final SendSettings settings;
  private final ClaimRequests requests;
  private final Deliveries deliveries;
  private final Clock clock;
  private final ServerConcurrencyLimiter shares;
  private final FreeWorkers workers;
  private volatile UUID servedLast = new UUID(0, 0);
  private volatile Instant renewedAt;

  Claims(
      SendSettings settings,
      ClaimRequests requests,
      Deliveries deliveries,
      ServerConcurrencyLimiter shares,
      Clock clock,
      MeterRegistry meters) {
    this.settings = settings;
    this.requests = requests;
    this.deliveries = deliveries;
    this.clock = clock;
    this.shares = shares;
    this.renewedAt = clock.instant();
    this.workers =
        new FreeWorkers(settings.workers(), settings.claimInterval(), clock, shares::uncounted);
    Gauge.builder("byo.outbound.workers.busy", workers, FreeWorkers::busy).register(meters);
    Gauge.builder("byo.outbound.workers.apart", shares, ServerConcurrencyLimiter::uncounted)
        .register(meters);
  }

  /**
   * Waits until a claim is worthwhile, at most for a second and the claim interval.
   *
   * @return whether a worker is free to send what is claimed
   */
  public boolean awaitWorker() throws InterruptedException {
    return workers.await();
  }

  /** The {@link ClaimRequest} of the claim that follows, as JSON. */
  public String request() {
    return requests.next(workers.count(), servedLast).json();
  }

  /** Something is due, or may be claimed that could not before: the next claim need not wait. */
  public void wake() {
    workers.wake();
  }

  /** Marks deliveries due whose time has come. */
  public void markDue() {
    int marked = deliveries.markDue(MAX_MARKED_AT_ONCE);
    if (marked > 0) {
      wake();
    }
  }

  /** The claims of rows that the statement has returned: this node works on them from now on. */
  public List<Claim> taken(List<Map<String, ?>> rows) {
    int last = -1;
    for (Map<String, ?> row : rows) {
      if (row.get("place") instanceof Integer place && place > last) {
        last = place;
        servedLast = (UUID) row.get("account_id");
      }
    }
    List<Claim> claims = rows.stream().map(Claim::of).toList();
    workers.begin(claims.stream().map(Claim::token).toList());
    return claims;
  }

  /** The work on a claim is over; a claim whose result was not recorded expires. */
  void done(Claim claim) {
    shares.ended(claim.token());
    workers.end(claim.token());
  }

  /** Whether this node works on a claim. */
  boolean isHeld(Claim claim) {
    return workers.isHeld(claim.token());
  }

  /** Renews the claims that are worked on, each time a third of their life is over. */
  public void renew() {
    Instant now = clock.instant();
    List<UUID> tokens = workers.held();
    // A clock that was set back must not let claims expire that are worked on.
    boolean early =
        now.isBefore(renewedAt.plus(settings.claimTtl().dividedBy(3))) && !now.isBefore(renewedAt);
    if (tokens.isEmpty() || early) {
      return;
    }
    deliveries.renew(tokens, settings.claimTtl());
    renewedAt = now;
  }
}
