package org.byoemail.platform.trace;

import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;

/** {@link Traces} without spans. */
public final class TraceFixtures {
  private TraceFixtures() {}

  public static Traces none() {
    return new Traces(Tracer.NOOP, ObservationRegistry.NOOP);
  }
}
