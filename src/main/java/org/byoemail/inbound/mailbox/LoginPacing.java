package org.byoemail.inbound.mailbox;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Spreads the connections that are being made to one host, by its name and by its address, because
 * hosts ban those who come in crowds. Safe for use by many threads.
 */
final class LoginPacing {
  private static final Duration CROWDED = Duration.ofMillis(500);
  private static final int CLOSER = 10;
  private static final int REMEMBERED_HOSTS = 10_000;

  private final Map<String, Host> hosts = new HashMap<>();
  private final Clock clock;
  private final int atOnce;
  private final int kept;
  private final Duration interval;

  /**
   * @param atOnce connections to one host that are being made
   * @param kept connections to one host that are kept while nothing is to be done
   */
  LoginPacing(Clock clock, int atOnce, Duration interval, int kept) {
    this.kept = kept;
    this.clock = clock;
    this.atOnce = atOnce;
    this.interval = interval;
  }

  private static final class Host {
    private int connecting;
    private int keeping;
    private Instant next = Instant.MIN;
  }

  /** Empty where one may connect now, and has to say when it is done; else when to ask again. */
  Optional<Instant> begin(String name) {
    return begin(name, Duration.ZERO);
  }

  /**
   * The same for an address, once a name has led there. Look-ups take their time, so that some may
   * come closer after one another than they began.
   */
  Optional<Instant> beginAt(String address) {
    return begin(address, interval.multipliedBy(CLOSER));
  }

  private synchronized Optional<Instant> begin(String name, Duration early) {
    Instant now = clock.instant();
    if (hosts.size() > REMEMBERED_HOSTS) {
      hosts.values().removeIf(h -> h.connecting == 0 && h.keeping == 0 && h.next.isBefore(now));
    }
    Host host = hosts.computeIfAbsent(name, n -> new Host());
    if (host.connecting >= atOnce) {
      return Optional.of(now.plus(CROWDED));
    }
    Instant next = host.next.equals(Instant.MIN) ? now : host.next;
    if (now.isBefore(next.minus(early))) {
      return Optional.of(next.minus(early));
    }
    host.connecting++;
    host.next = (next.isBefore(now) ? now : next).plus(interval);
    return Optional.empty();
  }

  /**
   * Whether one more connection may be kept to a host of that name at that address; who may, says
   * when it is gone.
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
    if (host.keeping >= kept) {
      return false;
    }
    host.keeping++;
    return true;
  }

  /** A connection that was kept is gone. */
  synchronized void release(String name, @Nullable String address) {
    hosts.get(name).keeping--;
    if (address != null) {
      hosts.get(address).keeping--;
    }
  }

  /** The connection was made, or was not. */
  synchronized void end(String name) {
    hosts.get(name).connecting--;
  }
}
