/**
 * The command {@code doctor}: tries everything that a start needs, from settings to the ports of
 * mail, and prints a line for each. It starts no part of the gateway.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "account.rollout",
      "platform.broker",
      "platform.conversation",
      "platform.health"
    })
package org.byoemail.command.doctor;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
