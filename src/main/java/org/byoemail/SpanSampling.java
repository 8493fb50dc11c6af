package org.byoemail;

import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.StringUtils;

/**
 * The default of {@code management.tracing.sampling.probability}: a tenth if spans are exported,
 * else none. Recording the spans of each mail would take a fifth of what sending it takes.
 */
class SpanSampling implements EnvironmentPostProcessor, Ordered {
  static final String PROBABILITY = "management.tracing.sampling.probability";
  static final String ENDPOINT = "management.otlp.tracing.endpoint";

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    boolean exported = StringUtils.hasText(environment.getProperty(ENDPOINT));
    environment
        .getPropertySources()
        .addLast(
            new MapPropertySource(
                "byo-email span sampling", Map.of(PROBABILITY, exported ? "0.1" : "0.0")));
  }

  /** Runs after the configuration files were read. */
  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }
}
