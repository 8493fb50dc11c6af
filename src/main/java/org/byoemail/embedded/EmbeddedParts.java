package org.byoemail.embedded;

import org.byoemail.platform.health.ExternalServices;
import org.springframework.core.env.Environment;

/**
 * Which parts are embedded: each one whose own setting is absent.
 *
 * @param demo whether the demo mail provider runs: what {@code byo.demo.enabled} says, else only if
 *     nothing external is set
 */
record EmbeddedParts(boolean database, boolean redis, boolean broker, boolean demo) {

  static EmbeddedParts of(Environment environment) {
    ExternalServices external = ExternalServices.of(environment);
    boolean database = !external.database();
    boolean redis = !external.redis();
    boolean broker = !external.broker();
    boolean demo =
        environment.getProperty("byo.demo.enabled", Boolean.class, database && redis && broker);
    return new EmbeddedParts(database, redis, broker, demo);
  }

  /** Whether anything keeps data in the data folder. */
  boolean any() {
    return database || redis || broker || demo;
  }
}
