package org.byoemail.platform.access;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Counts failed logins for each door and client they come from, and says when a client has had
 * enough of a door: wrong keys do not shut the console. Remembers a bounded number of clients.
 * Passwords, which can be guessed, are counted over all nodes ({@link SharedFailures}); keys and
 * tokens of 256 bits by each node. Safe for use by many threads.
 */
@Component
class FailedLogins {
  /** The door that passwords open. */
  static final String CONSOLE = "console";

  private static final int REMEMBERED = 10_000;

  private final AccessSettings settings;
  private final Clock clock;
  private final MeterRegistry meters;
  private final SharedFailures shared;
  private final Map<LoginSource, Window> windows =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<LoginSource, Window> eldest) {
          return size() > REMEMBERED;
        }
      };

  FailedLogins(AccessSettings settings, Clock clock, MeterRegistry meters, SharedFailures shared) {
    this.shared = shared;
    this.settings = settings;
    this.clock = clock;
    this.meters = meters;
  }

  private record LoginSource(String door, String client) {}

  private record Window(Instant since, int failures) {}

  /**
   * Notes a failure.
   *
   * @param door api or console
   * @param client an address ({@link ClientAddress}) or a known browser
   */
  void failed(String door, String client) {
    meters.counter("byo.access.logins.failed", "door", door).increment();
    LoginSource place = new LoginSource(door, client);
    synchronized (windows) {
      Window window = current(place);
      windows.put(place, new Window(window.since(), window.failures() + 1));
    }
    if (door.equals(CONSOLE)) {
      shared.count(door, client);
    }
  }

  /** Whether the client has to wait before it may try that door again. */
  boolean isBlocked(String door, String client) {
    synchronized (windows) {
      if (current(new LoginSource(door, client)).failures() >= settings.failedLogins()) {
        return true;
      }
    }
    return door.equals(CONSOLE) && shared.areTooMany(door, client);
  }

  /** After how many seconds a client that is blocked may try again, at most. */
  long retryAfterSeconds() {
    return Math.max(1, settings.failedLoginsWindow().toSeconds());
  }

  private Window current(LoginSource place) {
    Instant now = clock.instant();
    Window window = windows.get(place);
    boolean over =
        window == null || !now.isBefore(window.since().plus(settings.failedLoginsWindow()));
    return over ? new Window(now, 0) : window;
  }
}
