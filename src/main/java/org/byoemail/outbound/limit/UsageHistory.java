package org.byoemail.outbound.limit;

/** What was sent already, as the attempts tell: counters that were lost are made from it. */
@FunctionalInterface
public interface UsageHistory {
  /** How much of it was sent within its time until now. */
  long of(SendingLimit limit);
}
