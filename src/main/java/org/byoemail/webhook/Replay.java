package org.byoemail.webhook;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The events to deliver again: one, or a range of positions.
 *
 * @param event null for a range
 * @param after the position that the range follows
 * @param to the last position of the range
 * @param failedOnly only events whose delivery was given up
 */
public record Replay(@Nullable UUID event, long after, long to, boolean failedOnly) {
  /** One event. */
  public static Replay of(UUID event) {
    return new Replay(event, 0, Long.MAX_VALUE, false);
  }
}
