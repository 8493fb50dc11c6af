package org.byoemail.outbound.limit;

/** Past usage according to the attempts, from which lost counters are rebuilt. */
@FunctionalInterface
public interface UsageHistory {
  /** The usage within the period that ends now. */
  long of(SendingLimit limit);
}
