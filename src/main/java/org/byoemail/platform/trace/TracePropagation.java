package org.byoemail.platform.trace;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.tracing.CurrentTraceContext;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Carries traces through queues and tables, where no thread carries them: continues the trace of a
 * producer, and the one that is stored with a mail. A producer's trace is carried on even if spans
 * are not recorded. Thread-safe.
 */
@Component
public class TracePropagation {
  private final Tracer tracer;
  private final ObservationRegistry observations;
  private final ThreadLocal<TraceParent> carried = new ThreadLocal<>();

  @Autowired
  TracePropagation(ObjectProvider<Tracer> tracer, ObservationRegistry observations) {
    this(tracer.getIfAvailable(() -> Tracer.NOOP), observations);
  }

  TracePropagation(Tracer tracer, ObservationRegistry observations) {
    this.tracer = tracer;
    this.observations = observations;
  }

  /** The trace of the current thread until it is closed, on the thread that opened it. */
  @FunctionalInterface
  public interface Scope extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Where the current thread is: in a span that is recorded, else in the trace that it carries on;
   * null if it is in none.
   */
  public @Nullable TraceParent current() {
    Span span = tracer.currentSpan();
    if (span != null && Boolean.TRUE.equals(span.context().sampled())) {
      return new TraceParent(span.context().traceId(), span.context().spanId(), true);
    }
    return carried.get();
  }

  /**
   * Carries a producer's trace on, for a request whose span has begun already. As not recorded,
   * whatever the producer says: what is stored with its flag would be recorded at each attempt.
   *
   * @param given null if the producer gave none
   */
  public Scope carry(@Nullable TraceParent given) {
    return carryStored(
        given == null ? null : new TraceParent(given.traceId(), given.spanId(), false));
  }

  private Scope carryStored(@Nullable TraceParent stored) {
    TraceParent before = carried.get();
    carried.set(stored);
    return () -> restore(before);
  }

  /**
   * Continues a trace that was stored by a node of this gateway: whether its spans are recorded has
   * been decided.
   *
   * @param stored null if absent; spans then begin traces of their own
   */
  public Scope open(@Nullable TraceParent stored) {
    Scope carrying = carryStored(stored);
    if (stored == null) {
      return carrying;
    }
    CurrentTraceContext.Scope scope = tracer.currentTraceContext().newScope(context(stored));
    return () -> {
      scope.close();
      carrying.close();
    };
  }

  /**
   * Handles a message of a producer under an observation, in the producer's trace. The gateway
   * decides whether spans are recorded: see {@link ProducerSampler}.
   *
   * @param given null if the producer gave none
   */
  public <E extends Throwable> void receive(
      String name, @Nullable TraceParent given, Observation.CheckedRunnable<E> work) throws E {
    ReceiverContext<Map<String, String>> context = new ReceiverContext<>(Map::get, Kind.CONSUMER);
    context.setCarrier(given == null ? Map.of() : Map.of(TraceParent.NAME, given.text()));
    try (Scope scope = carry(given)) {
      Observation.createNotStarted(name, () -> context, observations).observeChecked(work);
    }
  }

  /**
   * A span for a message that is handed to somebody else, of the trace that is stored with it.
   *
   * @return what the message carries: the new span, or what is stored if that is not recorded
   */
  public TraceParent handOver(String name, TraceParent stored) {
    if (!stored.sampled()) {
      return stored;
    }
    Span span =
        tracer.spanBuilder().setParent(context(stored)).kind(Span.Kind.PRODUCER).name(name).start();
    try {
      TraceContext context = span.context();
      return Boolean.TRUE.equals(context.sampled())
          ? new TraceParent(context.traceId(), context.spanId(), true)
          : stored;
    } finally {
      span.end();
    }
  }

  private TraceContext context(TraceParent stored) {
    // Without a parent: with one it would count as another process's and be sampled again.
    return tracer
        .traceContextBuilder()
        .traceId(stored.traceId())
        .spanId(stored.spanId())
        .sampled(stored.sampled())
        .build();
  }

  private void restore(@Nullable TraceParent before) {
    if (before == null) {
      carried.remove();
    } else {
      carried.set(before);
    }
  }
}
