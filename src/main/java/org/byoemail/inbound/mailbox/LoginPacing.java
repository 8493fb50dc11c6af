package org.byoemail.inbound.mailbox;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Spreads the logins at one host over time, by host name and by address, because hosts block
 * clients that connect in bursts. Thread-safe.
 */
final class LoginPacing {
  private static final Duration RETRY_WHEN_FULL = Duration.ofMillis(500);
  private static final int ADDRESS_SPACING_TOLERANCE = 10;
  private static final int MAX_REMEMBERED_HOSTS = 10_000;

  private final Map<String, Host> hosts = new HashMap<>();
  private final Clock clock;
  private final int maxConnecting;
  private final int maxKept;
  private final Duration interval;

  /**
   * @param maxConnecting connections to one host that may be opening at once
   * @param maxKept idle connections to one host that may be kept open
   */
  LoginPacing(Clock clock, int maxConnecting, Duration interval, int maxKept) {
    this.maxKept = maxKept;
    this.clock = clock;
    this.maxConnecting = maxConnecting;
    this.interval = interval;
  }

  private static final class Host {
    private int connecting;
    private int kept;
    private Instant next = Instant.MIN;
  }

  /** Empty: connect now, and call {@link #end} afterwards. Else when to try again. */
  Optional<Instant> begin(String name) {
    return begin(name, Duration.ZERO);
  }

  /**
   * The same for an address, once a name was resolved to it. Look-ups vary in time, so that
   * connections may arrive closer together than they were started.
   */
  Optional<Instant> beginAt(String address) {
    return begin(address, interval.multipliedBy(ADDRESS_SPACING_TOLERANCE));
  }

  private synchronized Optional<Instant> begin(String name, Duration tolerance) {
    Instant now = clock.instant();
    if (hosts.size() > MAX_REMEMBERED_HOSTS) {
      hosts.values().removeIf(h -> h.connecting == 0 && h.kept == 0 && h.next.isBefore(now));
    }
    Host host = hosts.computeIfAbsent(name, n -> new Host());
    if (host.connecting >= maxConnecting) {
      return Optional.of(now.plus(RETRY_WHEN_FULL));
    }
    Instant next = host.next.equals(Instant.MIN) ? now : host.next;
    if (now.isBefore(next.minus(tolerance))) {
      return Optional.of(next.minus(tolerance));
    }
    host.connecting++;
    host.next = (next.isBefore(now) ? now : next).plus(interval);
    return Optional.empty();
  }

  /**
   * Whether one more idle connection may be kept to that host at that address; if so, {@link
   * #release} must follow.
   */
  synchronized boolean keep(String name, @Nullable String address) {
    if (!keep(name)) {
      return false;
    }
    if (address == null || keep(address)) {
      return true;
    }
    release(name, null);
    return false;
  }

  private boolean keep(String name) {
    Host host = hosts.computeIfAbsent(name, n -> new Host());
    if (host.kept >= maxKept) {
      return false;
    }
    host.kept++;
    return true;
  }

  /** A kept connection was closed. */
  synchronized void release(String name, @Nullable String address) {
    hosts.get(name).kept--;
    if (address != null) {
      hosts.get(address).kept--;
    }
  }

  /** Connecting has ended, in success or failure. */
  synchronized void end(String name) {
    hosts.get(name).connecting--;
  }
}
