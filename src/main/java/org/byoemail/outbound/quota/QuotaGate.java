package org.byoemail.outbound.quota;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.byoemail.account.registry.QuotaRule;
import org.byoemail.account.registry.QuotaRule.Limit;
import org.byoemail.account.registry.QuotaRule.OnExceeded;
import org.byoemail.account.registry.QuotaRule.Unit;
import org.byoemail.account.registry.SendingPolicy;
import org.byoemail.format.mail.AgentId;
import org.byoemail.outbound.gate.GateDecision;
import org.byoemail.outbound.gate.GateDecision.Result;
import org.byoemail.outbound.gate.GateRequest;
import org.byoemail.outbound.gate.GateRequest.Phase;
import org.byoemail.outbound.gate.SendingGate;
import org.byoemail.outbound.limit.QuotaBuckets;
import org.byoemail.outbound.limit.QuotaBuckets.Quota;
import org.byoemail.platform.conversation.Conversations;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Counts each submission once, when it is accepted, against the quotas of its agent, its key and
 * its organization. Mail beyond a quota is given the time at which the quota allows it, or is
 * refused. Safe for use by many threads and nodes.
 */
@Component
@Order(80)
class QuotaGate implements SendingGate {
  private static final String WORD = "quota";

  /** Mail that would wait longer is refused. */
  private static final Duration MAX_WAIT = Duration.ofDays(7);

  private final QuotaBuckets buckets;
  private final SendingUsage use;
  private final Conversations conversations;
  private final Clock clock;

  QuotaGate(QuotaBuckets buckets, SendingUsage use, Conversations conversations, Clock clock) {
    this.buckets = buckets;
    this.use = use;
    this.conversations = conversations;
    this.clock = clock;
  }

  /** A quota and what a mail takes of it. */
  private record Part(String of, Unit unit, Quota quota, long amount) {
    String words() {
      return unit.words() + " of the " + of;
    }

    /** Whether no wait is long enough: one of its periods never has that much. */
    boolean isTooMuch() {
      return quota.limits().values().stream().anyMatch(limit -> limit < amount);
    }
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
    return (phase == Phase.ACCEPT || phase == Phase.DRY_RUN) && policy.quotas().hasLimits();
  }

  @Override
  public GateDecision decide(GateRequest request) {
    List<Part> parts = parts(request);
    OnExceeded over = request.policy().quotas().over();
    Map<String, Object> facts = new LinkedHashMap<>();
    parts.forEach(part -> facts.put(part.words(), part.quota().limits().toString()));
    if (over == OnExceeded.REFUSE) {
      for (Part part : parts) {
        if (part.isTooMuch()) {
          return refused("the mail has more than the quota of " + part.words() + " allows", facts);
        }
      }
    }
    Part longestOf = null;
    Duration longest = Duration.ZERO;
    List<Part> taken = new ArrayList<>();
    for (Part part : parts) {
      Duration wait = wait(part, over, request.phase());
      if (request.phase().consumes() && (over == OnExceeded.WAIT || wait.isZero())) {
        taken.add(part);
      }
      if (wait.compareTo(longest) > 0) {
        longest = wait;
        longestOf = part;
      }
    }
    if (longestOf == null) {
      return GateDecision.pass(WORD, facts);
    }
    facts.put("waitSeconds", longest.toSeconds());
    Instant until = clock.instant().plus(longest);
    boolean isTooLate = request.expiresAt() != null && !until.isBefore(request.expiresAt());
    if (over == OnExceeded.REFUSE || isTooLate || longest.compareTo(MAX_WAIT) > 0) {
      taken.forEach(part -> buckets.giveBack(part.quota(), part.amount()));
      return refused(
          "the quota of "
              + longestOf.words()
              + " is used up: "
              + (over == OnExceeded.WAIT && isTooLate
                  ? "expiresAt is over before it may leave at " + until
                  : "submit it again in " + Math.max(1, longest.toSeconds()) + " s"),
          facts);
    }
    return GateDecision.wait(
        WORD,
        "quota-exceeded",
        "the quota of " + longestOf.words() + " is used up: it leaves when the quota allows it",
        until,
        facts);
  }

  private static GateDecision refused(String reason, Map<String, Object> facts) {
    return GateDecision.of(WORD, Result.REFUSE, "quota-exceeded", reason, facts);
  }

  private Duration wait(Part part, OnExceeded over, Phase phase) {
    if (!phase.consumes()) {
      return buckets.peek(part.quota(), part.amount());
    }
    return over == OnExceeded.WAIT
        ? buckets.reserve(part.quota(), part.amount())
        : buckets.take(part.quota(), part.amount());
  }

  private List<Part> parts(GateRequest request) {
    QuotaRule rule = request.policy().quotas();
    GateRequest.Origin origin = request.origin();
    AgentId agent = origin.agent();
    UUID key = origin.key();
    Map<Unit, Long> amounts = new EnumMap<>(Unit.class);
    List<Part> parts = new ArrayList<>();
    for (Unit unit : Unit.values()) {
      add(parts, request, amounts, "agent", agent.toString(), unit, rule.agent());
      if (key != null) {
        add(parts, request, amounts, "key", key.toString(), unit, rule.key());
      }
      add(
          parts,
          request,
          amounts,
          "organization",
          origin.organization().value(),
          unit,
          rule.organization());
    }
    return parts;
  }

  private void add(
      List<Part> parts,
      GateRequest request,
      Map<Unit, Long> amounts,
      String of,
      String id,
      Unit unit,
      Map<Limit, Integer> all) {
    SortedMap<Duration, Integer> limits = new TreeMap<>();
    all.forEach(
        (limit, amount) -> {
          if (limit.unit() == unit) {
            limits.put(limit.period(), amount);
          }
        });
    if (limits.isEmpty()) {
      return;
    }
    long amount = amounts.computeIfAbsent(unit, any -> amount(request, unit));
    if (amount == 0) {
      return;
    }
    GateRequest.Origin origin = request.origin();
    Quota quota =
        new Quota(
            of + ":" + id + ":" + unit,
            limits,
            request.policy().quotas().burst(),
            // Which key handed a message in is not kept where it could be counted.
            period ->
                of.equals("key")
                    ? 0
                    : use.since(
                        origin.organization(),
                        of.equals("agent") ? origin.agent() : null,
                        unit,
                        clock.instant().minus(period)));
    parts.add(new Part(of, unit, quota, amount));
  }

  private long amount(GateRequest request, Unit unit) {
    int recipients = request.recipients().size();
    return switch (unit) {
      case MESSAGES -> 1;
      case RECIPIENTS -> recipients;
      case NEW_CORRESPONDENTS ->
          recipients
              - conversations
                  .writtenTo(request.origin().agent(), request.recipients().keySet())
                  .size();
    };
  }
}
