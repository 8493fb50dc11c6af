package org.byoemail.platform.health;

import java.util.Arrays;
import org.byoemail.platform.broker.BrokerKind;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Which services are external: each one whose own setting is present, and every broker but Artemis.
 */
public record ExternalServices(boolean database, boolean redis, boolean broker) {

  /** Reads the settings. */
  public static ExternalServices of(Environment environment) {
    return new ExternalServices(
        isSet(environment, "spring.datasource.url"),
        isSet(
            environment,
            "spring.data.redis.url",
            "spring.data.redis.host",
            "spring.data.redis.sentinel.master",
            "spring.data.redis.cluster.nodes"),
        BrokerKind.of(environment) != BrokerKind.ARTEMIS
            || isSet(environment, "spring.artemis.broker-url"));
  }

  private static boolean isSet(Environment environment, String... settings) {
    return Arrays.stream(settings).map(environment::getProperty).anyMatch(StringUtils::hasText);
  }
}
