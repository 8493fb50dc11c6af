package org.byoemail.connect;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Counts how often a mail's link is posted. Remembers a bounded number of links. Safe for use by
 * many threads; each node counts for itself.
 */
final class RepeatedPosts {
  /** The time within which posts are counted. */
  static final Duration WINDOW = Duration.ofMinutes(1);

  private static final int MOST = 20;
  private static final int REMEMBERED = 10_000;

  private final Clock clock;
  private final Map<UUID, Window> windows =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Window> eldest) {
          return size() > REMEMBERED;
        }
      };

  RepeatedPosts(Clock clock) {
    this.clock = clock;
  }

  private record Window(Instant since, int posts) {}

  /** Counts one more post; returns whether there were too many before it. */
  synchronized boolean countAndCheck(UUID mail) {
    Instant now = clock.instant();
    Window known = windows.get(mail);
    Window window =
        known == null || !now.isBefore(known.since().plus(WINDOW)) ? new Window(now, 0) : known;
    windows.put(mail, new Window(window.since(), Math.min(MOST, window.posts()) + 1));
    return window.posts() >= MOST;
  }
}
