/**
 * How much mail is accepted: the quotas of agents, keys and organizations, and volumes that are
 * unusual for an agent.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "account.registry",
      "outbound.gate",
      "outbound.limit",
      "platform.conversation"
    })
package org.byoemail.outbound.quota;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
