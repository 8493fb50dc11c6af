package org.byoemail.platform.trace;

import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;

/** {@link TracePropagation} without spans. */
public final class TraceFixtures {
  private TraceFixtures() {}

  public static TracePropagation none() {
    return new TracePropagation(Tracer.NOOP, ObservationRegistry.NOOP);
  }
}
