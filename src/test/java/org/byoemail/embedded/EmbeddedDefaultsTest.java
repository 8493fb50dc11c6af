package org.byoemail.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.mock.env.MockEnvironment;

class EmbeddedDefaultsTest {
  private final MockEnvironment environment =
      new MockEnvironment()
          .withProperty("spring.datasource.url", "jdbc:postgresql://db/byo_email")
          .withProperty("spring.artemis.broker-url", "tcp://broker:61616");

  @Test
  void externalDatabaseWithoutRedisStopsTheStart() {
    assertThatThrownBy(this::process)
        .isInstanceOfSatisfying(
            EmbeddedPartFailed.class,
            reason -> assertThat(reason.remedy()).contains("spring.data.redis.url"));
  }

  @Test
  void onlyNodeMayHaveARedisOfItsOwn() {
    environment.setProperty("byo.embedded.single-node", "true");

    process();

    assertThat(EmbeddedParts.of(environment).redis()).isTrue();
  }

  @Test
  void externalDatabaseAndRedisStart() {
    environment.setProperty("spring.data.redis.url", "redis://redis:6379");

    process();

    assertThat(environment.getProperty("spring.artemis.mode")).isEqualTo("native");
  }

  private void process() {
    new EmbeddedDefaults().postProcessEnvironment(environment, new SpringApplication());
  }
}
