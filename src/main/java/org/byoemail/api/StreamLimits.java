package org.byoemail.api;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.access.Caller;

/**
 * How many event streams and long polls are open on this node. An organization can create many
 * keys, so it has a limit of its own, half of the node's. Not thread-safe.
 */
final class StreamLimits {
  private final EventStreamSettings settings;
  private final Map<String, Integer> byKey = new HashMap<>();
  private final Map<OrganizationId, Integer> byOrganization = new HashMap<>();

  StreamLimits(EventStreamSettings settings) {
    this.settings = settings;
  }

  /**
   * Counts one more.
   *
   * @throws TooManyStreams if a limit is reached
   */
  void enter(Caller caller) {
    int own = byKey.getOrDefault(name(caller), 0);
    int together = byOrganization.getOrDefault(organization(caller), 0);
    int all = byKey.values().stream().mapToInt(Integer::intValue).sum();
    boolean ofCaller = own >= settings.perKey() || together >= most(caller);
    if (ofCaller || all >= settings.total()) {
      throw new TooManyStreams(ofCaller);
    }
    byKey.put(name(caller), own + 1);
    byOrganization.put(organization(caller), together + 1);
  }

  /** Counts one less. */
  void leave(Caller caller) {
    less(byKey, name(caller));
    less(byOrganization, organization(caller));
  }

  boolean isEmpty() {
    return byKey.isEmpty();
  }

  private int most(Caller caller) {
    return caller.organization() == null ? settings.total() : Math.max(1, settings.total() / 2);
  }

  private static <T> void less(Map<T, Integer> counts, T name) {
    counts.computeIfPresent(name, (any, now) -> now == 1 ? null : Integer.valueOf(now - 1));
  }

  /** The id of the caller's key, or else the caller's name. */
  static String name(Caller caller) {
    return caller.key() == null ? caller.name() : caller.key().toString();
  }

  // The operator for callers of all organizations.
  private static OrganizationId organization(Caller caller) {
    return Objects.requireNonNullElse(caller.organization(), OrganizationId.OPERATOR);
  }
}
