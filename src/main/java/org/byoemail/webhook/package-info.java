/**
 * Webhooks: HTTP receivers that tenants name, to which numbered events are delivered at least once,
 * in order per message, signed as Standard Webhooks describes. Uses the outbox of events only as a
 * reader; hosts are vetted like mail servers.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "account.connection",
      "account.registry",
      "platform.access",
      "platform.event",
      "platform.health",
      "platform.retry"
    })
package org.byoemail.webhook;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
