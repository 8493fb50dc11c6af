package org.byoemail.access;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Counts failed logins for each address they come from, and says when an address has had enough.
 * Remembers a bounded number of addresses. Safe for use by many threads; each node counts for
 * itself.
 */
@Component
class FailedLogins {
  private static final int REMEMBERED = 10_000;

  private final AccessSettings settings;
  private final Clock clock;
  private final MeterRegistry meters;
  private final Map<String, Window> windows =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
          return size() > REMEMBERED;
        }
      };

  FailedLogins(AccessSettings settings, Clock clock, MeterRegistry meters) {
    this.settings = settings;
    this.clock = clock;
    this.meters = meters;
  }

  private record Window(Instant since, int failures) {}

  /**
   * Notes a failure.
   *
   * @param door api or console
   */
  synchronized void failed(String door, String address) {
    meters.counter("byo.access.logins.failed", "door", door).increment();
    Window window = current(address);
    windows.put(address, new Window(window.since(), window.failures() + 1));
  }

  /** Whether the address has to wait. */
  synchronized boolean isBlocked(String address) {
    return current(address).failures() >= settings.failedLogins();
  }

  /** After how many seconds an address that is blocked may try again, at most. */
  long retryAfterSeconds() {
    return Math.max(1, settings.failedLoginsWindow().toSeconds());
  }

  private Window current(String address) {
    Instant now = clock.instant();
    Window window = windows.get(address);
    boolean over =
        window == null || !now.isBefore(window.since().plus(settings.failedLoginsWindow()));
    return over ? new Window(now, 0) : window;
  }
}
