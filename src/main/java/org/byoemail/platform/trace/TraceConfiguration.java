package org.byoemail.platform.trace;

import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Replaces the sampler of Spring Boot, which records whatever a caller says is recorded. */
@Configuration(proxyBeanMethods = false)
class TraceConfiguration {
  @Bean
  Sampler producerSampler(@Value("${management.tracing.sampling.probability}") double share) {
    return new ProducerSampler(share, () -> ThreadLocalRandom.current().nextDouble());
  }
}
