/**
 * What runs on a bare machine without any server of its own: PostgreSQL, Redis, the message broker
 * and a demo mail provider, with their data in one folder. Each is replaced by an external server
 * through its own setting ({@code spring.datasource.url}, {@code spring.data.redis.url}, {@code
 * spring.artemis.broker-url}). No other package depends on this one: the parts reach the program as
 * Spring Boot's connection details.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "account.connection",
      "account.registry",
      "outbound.submission",
      "platform.event",
      "platform.health",
      "operations.setup"
    })
package org.byoemail.embedded;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
