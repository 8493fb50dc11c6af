package org.byoemail.platform.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** With the tracer that the gateway has, and each span as it is exported. */
class TracePropagationTest {
  private static final TraceParent PRODUCER =
      new TraceParent("ffffffffffffffffffffffffffffffff", "00f067aa0ba902b7", true);

  private final List<SpanData> spans = new ArrayList<>();
  private double number;
  private final SdkTracerProvider provider =
      SdkTracerProvider.builder()
          .setSampler(new ProducerSampler(0.5, () -> number))
          .addSpanProcessor(SimpleSpanProcessor.create(new Exporter()))
          .build();
  private final ObservationRegistry observations = ObservationRegistry.create();
  private final TracePropagation traces = traces();

  private TracePropagation traces() {
    io.opentelemetry.api.trace.Tracer otel = provider.get("test");
    OtelTracer tracer = new OtelTracer(otel, new OtelCurrentTraceContext(), event -> {});
    OtelPropagator propagator =
        new OtelPropagator(
            ContextPropagators.create(W3CTraceContextPropagator.getInstance()), otel);
    observations
        .observationConfig()
        .observationHandler(
            new io.micrometer.observation.ObservationHandler
                .FirstMatchingCompositeObservationHandler(
                new PropagatingReceiverTracingObservationHandler<>(tracer, propagator),
                new DefaultTracingObservationHandler(tracer)));
    return new TracePropagation(tracer, observations);
  }

  @AfterEach
  void close() {
    provider.close();
  }

  @Test
  void traceGoesFromTheProducerThroughTheTableToTheEvent() {
    TraceParent accepted = accept(PRODUCER);
    TraceParent sent = send(accepted);
    TraceParent published = traces.handOver("publish", sent);

    assertThat(spans).extracting(SpanData::getName).containsExactly("accept", "send", "publish");
    assertThat(spans).extracting(SpanData::getTraceId).containsOnly(PRODUCER.traceId());
    assertThat(spans)
        .extracting(SpanData::getParentSpanId)
        .containsExactly(PRODUCER.spanId(), accepted.spanId(), sent.spanId());
    assertThat(published.spanId()).isEqualTo(spans.get(2).getSpanId());
    assertThat(traces.current()).isNull();
  }

  @Test
  void producerDoesNotForceRecordingButItsTraceIsCarriedOn() {
    number = 0.5;

    TraceParent accepted = accept(PRODUCER);
    assertThat(accepted).isEqualTo(new TraceParent(PRODUCER.traceId(), PRODUCER.spanId(), false));
    number = 0;
    assertThat(traces.handOver("publish", send(accepted))).isEqualTo(accepted);
    accept(new TraceParent(PRODUCER.traceId(), PRODUCER.spanId(), false));

    assertThat(spans).isEmpty();
  }

  @Test
  void whatIsRecordedIsDecidedOnceForTheWholeWay() {
    TraceParent accepted = accept(null);
    number = 0.9;

    TraceParent sent = send(accepted);

    assertThat(sent.traceId()).isEqualTo(accepted.traceId());
    assertThat(spans).hasSize(2);
    assertThat(spans.get(1).getParentSpanId()).isEqualTo(accepted.spanId());
  }

  @Test
  void stateOfTheProducerIsNotTakenOver() {
    accept(PRODUCER);

    assertThat(spans)
        .allSatisfy(span -> assertThat(span.getSpanContext().getTraceState().isEmpty()).isTrue());
  }

  @Test
  void linesNameIdsUntilTheContextIsClosed() {
    java.util.UUID id = java.util.UUID.randomUUID();
    MDC.put("messageId", "outer");

    try (LogContext ids = LogContext.of(id, null, id, PRODUCER)) {
      assertThat(MDC.getCopyOfContextMap())
          .containsExactlyInAnyOrderEntriesOf(
              Map.of(
                  "messageId", id.toString(),
                  "attemptId", id.toString(),
                  "traceId", PRODUCER.traceId(),
                  "spanId", PRODUCER.spanId()));
    }

    assertThat(MDC.getCopyOfContextMap()).containsOnlyKeys("messageId");
    MDC.clear();
  }

  private TraceParent accept(TraceParent given) {
    AtomicReference<TraceParent> current = new AtomicReference<>();
    traces.receive("accept", given, () -> current.set(traces.current()));
    return current.get();
  }

  private TraceParent send(TraceParent stored) {
    try (TracePropagation.Scope scope = traces.open(stored)) {
      return Observation.createNotStarted("send", observations).observe(traces::current);
    }
  }

  private final class Exporter implements SpanExporter {
    @Override
    public CompletableResultCode export(Collection<SpanData> some) {
      spans.addAll(some);
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }
}
