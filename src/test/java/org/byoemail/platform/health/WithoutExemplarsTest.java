package org.byoemail.platform.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.tracing.Tracer;
import io.prometheus.metrics.tracer.common.SpanContext;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.autoconfigure.tracing.prometheus.PrometheusExemplarsAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class WithoutExemplarsTest {
  private final ApplicationContextRunner contexts =
      new ApplicationContextRunner()
          .withBean(Tracer.class, () -> Tracer.NOOP)
          .withUserConfiguration(WithoutExemplars.class)
          .withConfiguration(AutoConfigurations.of(PrometheusExemplarsAutoConfiguration.class));

  @Test
  void metricsNameNoTraceWhereThatIsSet() {
    contexts
        .withPropertyValues("byo.metrics.exemplars=false")
        .run(
            context -> {
              assertThat(context).hasSingleBean(SpanContext.class).hasBean("noSpan");
              assertThat(context.getBean(SpanContext.class).isCurrentSpanSampled()).isFalse();
            });
  }

  @Test
  void theyDoOtherwise() {
    contexts.run(
        context -> assertThat(context).hasSingleBean(SpanContext.class).doesNotHaveBean("noSpan"));
  }
}
