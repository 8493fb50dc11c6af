package org.byoemail.embedded;

import java.util.Arrays;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Which parts are embedded: each one whose own setting is absent.
 *
 * @param demo whether the demo mail provider runs: what {@code byo.demo.enabled} says, else only if
 *     nothing external is set
 */
record EmbeddedParts(boolean database, boolean redis, boolean broker, boolean demo) {

  static EmbeddedParts of(Environment environment) {
    boolean database = absent(environment, "spring.datasource.url");
    boolean redis =
        absent(
            environment,
            "spring.data.redis.url",
            "spring.data.redis.host",
            "spring.data.redis.sentinel.master",
            "spring.data.redis.cluster.nodes");
    boolean broker = absent(environment, "spring.artemis.broker-url");
    boolean demo =
        environment.getProperty("byo.demo.enabled", Boolean.class, database && redis && broker);
    return new EmbeddedParts(database, redis, broker, demo);
  }

  /** Whether anything keeps data in the data folder. */
  boolean any() {
    return database || redis || broker || demo;
  }

  private static boolean absent(Environment environment, String... settings) {
    return Arrays.stream(settings).map(environment::getProperty).noneMatch(StringUtils::hasText);
  }
}
