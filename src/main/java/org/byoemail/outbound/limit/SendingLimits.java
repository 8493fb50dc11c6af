package org.byoemail.outbound.limit;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * The sending limits of an account; absent ones are unlimited.
 *
 * @param amounts 0 or more each; 0 explicitly means no limit
 */
public record SendingLimits(Map<SendingLimit, Integer> amounts) {
  /** No limit at all. */
  public static final SendingLimits NONE = new SendingLimits(Map.of());

  public SendingLimits {
    EnumMap<SendingLimit, Integer> ordered = new EnumMap<>(SendingLimit.class);
    ordered.putAll(amounts);
    if (ordered.values().stream().anyMatch(amount -> amount < 0)) {
      throw new IllegalArgumentException("a limit is 0 or more");
    }
    amounts = Collections.unmodifiableMap(ordered);
  }

  /** These limits, completed by the others. */
  public SendingLimits orElse(SendingLimits others) {
    Map<SendingLimit, Integer> all = new EnumMap<>(SendingLimit.class);
    all.putAll(others.amounts);
    all.putAll(amounts);
    return new SendingLimits(all);
  }

  /** The limits above 0. */
  public SendingLimits of(SendingLimit.Unit unit) {
    Map<SendingLimit, Integer> some = new EnumMap<>(SendingLimit.class);
    amounts.forEach(
        (limit, amount) -> {
          if (limit.unit() == unit && amount > 0) {
            some.put(limit, amount);
          }
        });
    return new SendingLimits(some);
  }

  /** Whether no limit is set. */
  public boolean isEmpty() {
    return amounts.isEmpty();
  }

  /** The most that may be sent at once. */
  int smallest() {
    return Collections.min(amounts.values());
  }

  /** One node's share of the limits, at least 1 each. */
  SendingLimits share(IntUnaryOperator share) {
    Map<SendingLimit, Integer> shares = new EnumMap<>(SendingLimit.class);
    amounts.forEach((limit, amount) -> shares.put(limit, Math.max(1, share.applyAsInt(amount))));
    return new SendingLimits(shares);
  }
}
