/**
 * The examination of outgoing mail: an organisation's own rules, and the gate that does with each
 * finding what the agent's sending policy asks.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "account.registry",
      "format.screen",
      "outbound.gate",
      "platform.audit",
      "platform.conversation",
      "platform.event"
    })
package org.byoemail.outbound.finding;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
