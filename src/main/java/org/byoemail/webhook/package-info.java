/**
 * Webhooks: numbered events are delivered to HTTP receivers of tenants at least once, in order per
 * message, signed according to Standard Webhooks. Only reads the outbox of events; hosts are vetted
 * like mail servers.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "account.connection",
      "account.registry",
      "platform.access",
      "platform.event",
      "platform.health",
      "platform.retry",
      "platform.transaction"
    })
package org.byoemail.webhook;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
