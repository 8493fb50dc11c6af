package org.byoemail.platform.health;

import io.prometheus.metrics.tracer.common.SpanContext;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Metrics without exemplars, for a Prometheus that cannot read them. Replaces Spring Boot's bean,
 * which names the current trace.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "byo.metrics.exemplars", havingValue = "false")
class WithoutExemplars {

  @Bean
  SpanContext noSpan() {
    return new SpanContext() {
      @Override
      public @Nullable String getCurrentTraceId() {
        return null;
      }

      @Override
      public @Nullable String getCurrentSpanId() {
        return null;
      }

      @Override
      public boolean isCurrentSpanSampled() {
        return false;
      }

      @Override
      public void markCurrentSpanAsExemplar() {}
    };
  }
}
