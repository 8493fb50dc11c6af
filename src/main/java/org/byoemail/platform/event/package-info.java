/**
 * Events for the platform: a transactional outbox, numbered and published in order, at least once.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "platform.cluster",
      "platform.broker",
      "platform.conversation",
      "platform.health",
      "platform.trace"
    })
package org.byoemail.platform.event;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
