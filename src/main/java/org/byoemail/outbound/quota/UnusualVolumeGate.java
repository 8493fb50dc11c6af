package org.byoemail.outbound.quota;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.byoemail.account.registry.QuotaRule.Unit;
import org.byoemail.account.registry.SendingPolicy;
import org.byoemail.outbound.gate.GateDecision;
import org.byoemail.outbound.gate.GateDecision.Result;
import org.byoemail.outbound.gate.GateRequest;
import org.byoemail.outbound.gate.GateRequest.Phase;
import org.byoemail.outbound.gate.SendingGate;
import org.byoemail.outbound.limit.QuotaBuckets;
import org.byoemail.outbound.limit.QuotaBuckets.Quota;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Has the rest of a day's mail reviewed once an agent has submitted far more than on any usual day
 * of its last four weeks. Safe for use by many threads and nodes.
 */
@Component
@Order(90)
class UnusualVolumeGate implements SendingGate {
  private static final String WORD = "unusual-volume";

  /** So many times the messages of its busiest day but one. */
  private static final int TIMES = 3;

  /** Fewer messages a day are never unusual. */
  private static final long LEAST = 20;

  private final QuotaBuckets buckets;
  private final DailyVolumes volumes;
  private final SendingUsage use;
  private final Clock clock;

  UnusualVolumeGate(QuotaBuckets buckets, DailyVolumes volumes, SendingUsage use, Clock clock) {
    this.clock = clock;
    this.buckets = buckets;
    this.volumes = volumes;
    this.use = use;
  }

  @Override
  public String word() {
    return WORD;
  }

  @Override
  public boolean counts() {
    return true;
  }

  @Override
  public boolean isNeeded(SendingPolicy policy, Phase phase) {
    return (phase == Phase.ACCEPT || phase == Phase.DRY_RUN) && policy.quotas().unusualVolume();
  }

  @Override
  public GateDecision decide(GateRequest request) {
    GateRequest.Origin origin = request.origin();
    DailyVolumes.Usual usual =
        volumes.usual(origin.agent(), LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC));
    if (!usual.isKnown()) {
      return GateDecision.pass(WORD, Map.of("days", usual.days()));
    }
    long most = Math.min(Integer.MAX_VALUE, Math.max(LEAST, TIMES * usual.busy()));
    Instant midnight = usual.day().atStartOfDay(ZoneOffset.UTC).toInstant();
    SortedMap<Duration, Integer> limits = new TreeMap<>(Map.of(Duration.ofDays(2), (int) most));
    // A counter of this day alone: the next day's has another name.
    Quota today =
        new Quota(
            "volume:" + origin.agent() + ":" + usual.day(),
            limits,
            null,
            period -> use.since(origin.organization(), origin.agent(), Unit.MESSAGES, midnight));
    Duration wait = request.phase().consumes() ? buckets.take(today, 1) : buckets.peek(today, 1);
    Map<String, Object> facts =
        Map.of("most", most, "busiestDayButOne", usual.busy(), "days", usual.days());
    return wait.isZero()
        ? GateDecision.pass(WORD, facts)
        : GateDecision.of(
            WORD,
            Result.REVIEW,
            WORD,
            "the agent has submitted "
                + most
                + " messages today, and had "
                + usual.busy()
                + " on the busiest day but one of its last "
                + usual.days()
                + " days",
            facts);
  }
}
