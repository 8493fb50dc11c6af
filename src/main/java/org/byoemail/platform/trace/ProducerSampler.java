package org.byoemail.platform.trace;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * Decides which spans are recorded. A span of this gateway goes with its parent. A producer can
 * prevent recording, but not force it: with a traceparent of the producer, or with none, the share
 * of the setting is recorded, by a number that the producer does not choose, as it does the trace
 * id. Its tracestate is not taken over. Thread-safe.
 */
final class ProducerSampler implements Sampler {
  private static final SamplingResult RECORDED = new Fresh(SamplingDecision.RECORD_AND_SAMPLE);
  private static final SamplingResult DROPPED = new Fresh(SamplingDecision.DROP);

  private final double share;
  private final DoubleSupplier numbers;

  /**
   * @param share from 0 to 1
   * @param numbers from 0 to below 1
   */
  ProducerSampler(double share, DoubleSupplier numbers) {
    this.share = share;
    this.numbers = numbers;
  }

  @Override
  public SamplingResult shouldSample(
      Context parent,
      String traceId,
      String name,
      SpanKind kind,
      Attributes attributes,
      List<LinkData> links) {
    SpanContext before = Span.fromContext(parent).getSpanContext();
    boolean isOurs = before.isValid() && !before.isRemote();
    if (isOurs || before.isValid() && !before.isSampled()) {
      return before.isSampled() ? RECORDED : DROPPED;
    }
    return numbers.getAsDouble() < share ? RECORDED : DROPPED;
  }

  @Override
  public String getDescription() {
    return "ProducerSampler{" + share + "}";
  }

  private record Fresh(SamplingDecision decision) implements SamplingResult {
    @Override
    public SamplingDecision getDecision() {
      return decision;
    }

    @Override
    public Attributes getAttributes() {
      return Attributes.empty();
    }

    @Override
    public TraceState getUpdatedTraceState(TraceState parent) {
      return TraceState.getDefault();
    }
  }
}
