package org.byoemail;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.mock.env.MockEnvironment;

class SpanSamplingTest {
  private final MockEnvironment environment = new MockEnvironment();

  @Test
  void spansAreNotRecordedWithoutAnEndpoint() {
    assertThat(probability()).isZero();
  }

  @Test
  void everyTenthTraceIsRecordedForAnEndpoint() {
    environment.setProperty(SpanSampling.ENDPOINT, "http://127.0.0.1:4318/v1/traces");

    assertThat(probability()).isEqualTo(0.1);
  }

  @Test
  void settingOfTheUserWins() {
    environment.setProperty(SpanSampling.ENDPOINT, "http://127.0.0.1:4318/v1/traces");
    environment.setProperty(SpanSampling.PROBABILITY, "1");

    assertThat(probability()).isEqualTo(1);
  }

  private double probability() {
    new SpanSampling().postProcessEnvironment(environment, new SpringApplication());
    return environment.getRequiredProperty(SpanSampling.PROBABILITY, Double.class);
  }
}
