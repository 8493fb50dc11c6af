package org.byoemail.account.registry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How much mail is accepted of an agent, of each key, and of all agents of an organization.
 *
 * @param agent the limits of each agent
 * @param key the limits of each API key
 * @param organization the limits of all agents together
 * @param burst how many messages, recipients or new correspondents at once; what comes beyond is
 *     spread over the periods. Null: as many as the limits allow
 * @param over what becomes of mail beyond a limit
 * @param unusualVolume whether mail of an agent is reviewed that is far beyond its own last weeks
 */
public record QuotaRule(
    Map<Limit, Integer> agent,
    Map<Limit, Integer> key,
    Map<Limit, Integer> organization,
    @Nullable Integer burst,
    OnExceeded over,
    boolean unusualVolume) {
  /** The largest limit. */
  public static final int MAX_LIMIT = 10_000_000;

  /** No limits. */
  public static final QuotaRule NONE =
      new QuotaRule(Map.of(), Map.of(), Map.of(), null, OnExceeded.WAIT, false);

  /** What is counted. */
  public enum Unit {
    MESSAGES,
    RECIPIENTS,
    /** Recipients that the agent has never written to. */
    NEW_CORRESPONDENTS;

    /** As people read it. */
    public String words() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /** A number of something in a period. */
  public enum Limit {
    MESSAGES_PER_MINUTE(Unit.MESSAGES, Duration.ofMinutes(1)),
    MESSAGES_PER_HOUR(Unit.MESSAGES, Duration.ofHours(1)),
    MESSAGES_PER_DAY(Unit.MESSAGES, Duration.ofDays(1)),
    RECIPIENTS_PER_MINUTE(Unit.RECIPIENTS, Duration.ofMinutes(1)),
    RECIPIENTS_PER_HOUR(Unit.RECIPIENTS, Duration.ofHours(1)),
    RECIPIENTS_PER_DAY(Unit.RECIPIENTS, Duration.ofDays(1)),
    NEW_CORRESPONDENTS_PER_MINUTE(Unit.NEW_CORRESPONDENTS, Duration.ofMinutes(1)),
    NEW_CORRESPONDENTS_PER_HOUR(Unit.NEW_CORRESPONDENTS, Duration.ofHours(1)),
    NEW_CORRESPONDENTS_PER_DAY(Unit.NEW_CORRESPONDENTS, Duration.ofDays(1));

    private final Unit unit;
    private final Duration period;
    private final String word;

    Limit(Unit unit, Duration period) {
      this.unit = unit;
      this.period = period;
      StringBuilder camel = new StringBuilder();
      for (String part : name().toLowerCase(Locale.ROOT).split("_")) {
        camel.append(
            camel.isEmpty() ? part : Character.toUpperCase(part.charAt(0)) + part.substring(1));
      }
      this.word = camel.toString();
    }

    /** What it counts. */
    public Unit unit() {
      return unit;
    }

    /** The period in which it counts. */
    public Duration period() {
      return period;
    }

    /** The word of the contract and of the database, such as {@code messagesPerDay}. */
    public String word() {
      return word;
    }
  }

  /** What becomes of mail beyond a limit, from lenient to strict. */
  public enum OnExceeded {
    /** It is accepted, and leaves when the limit allows it. */
    WAIT,
    REFUSE;

    /** The word of the contract and of the database. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads the word.
     *
     * @throws IllegalArgumentException naming the words there are
     */
    public static OnExceeded of(String word) {
      for (OnExceeded one : values()) {
        if (one.word().equals(word.strip().toLowerCase(Locale.ROOT))) {
          return one;
        }
      }
      throw new IllegalArgumentException("must be one of wait, refuse");
    }
  }

  /** Copies of the maps are kept. */
  public QuotaRule {
    agent = ordered(agent);
    key = ordered(key);
    organization = ordered(organization);
    if (burst != null && (burst < 1 || burst > MAX_LIMIT)) {
      throw new IllegalArgumentException("must be 1 to " + MAX_LIMIT);
    }
  }

  /** A rule that limits each agent only. */
  public static QuotaRule ofAgent(Map<Limit, Integer> limits, boolean unusualVolume) {
    return new QuotaRule(limits, Map.of(), Map.of(), null, OnExceeded.WAIT, unusualVolume);
  }

  /** Whether anything is limited. */
  public boolean hasLimits() {
    return !agent.isEmpty() || !key.isEmpty() || !organization.isEmpty();
  }

  /** What satisfies both rules. */
  QuotaRule stricter(QuotaRule other) {
    Integer least =
        burst == null || other.burst != null && other.burst < burst ? other.burst : burst;
    // The word of a rule without limits says nothing of another one's.
    OnExceeded strictest =
        !hasLimits()
            ? other.over
            : !other.hasLimits() || over.compareTo(other.over) >= 0 ? over : other.over;
    return new QuotaRule(
        least(agent, other.agent),
        least(key, other.key),
        least(organization, other.organization),
        least,
        strictest,
        unusualVolume || other.unusualVolume);
  }

  /** The fields in which the stricter rule differs from this one. */
  List<String> raised(QuotaRule stricter) {
    List<String> fields = new ArrayList<>();
    raised(fields, "agent", agent, stricter.agent);
    raised(fields, "key", key, stricter.key);
    raised(fields, "organization", organization, stricter.organization);
    if (burst == null ? stricter.burst != null : !burst.equals(stricter.burst)) {
      fields.add("quotas.burst");
    }
    if (over != stricter.over) {
      fields.add("quotas.over");
    }
    if (unusualVolume != stricter.unusualVolume) {
      fields.add("quotas.unusualVolume");
    }
    return fields;
  }

  private static void raised(
      List<String> fields, String of, Map<Limit, Integer> own, Map<Limit, Integer> stricter) {
    stricter.forEach(
        (limit, amount) -> {
          if (!amount.equals(own.get(limit))) {
            fields.add("quotas." + of + "." + limit.word());
          }
        });
  }

  private static Map<Limit, Integer> least(Map<Limit, Integer> one, Map<Limit, Integer> other) {
    Map<Limit, Integer> least = new EnumMap<>(Limit.class);
    least.putAll(one);
    other.forEach((limit, amount) -> least.merge(limit, amount, Math::min));
    return least;
  }

  private static Map<Limit, Integer> ordered(Map<Limit, Integer> limits) {
    EnumMap<Limit, Integer> ordered = new EnumMap<>(Limit.class);
    ordered.putAll(limits);
    if (ordered.values().stream().anyMatch(amount -> amount < 1 || amount > MAX_LIMIT)) {
      throw new IllegalArgumentException("must be 1 to " + MAX_LIMIT);
    }
    return Collections.unmodifiableMap(ordered);
  }
}
