/** From a message that is due to the recorded outcome of each try to send it. */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "account.connection",
      "account.registry",
      "account.rollout",
      "outbound.composition",
      "outbound.limit",
      "outbound.sentfolder",
      "outbound.suppression",
      "platform.conversation",
      "platform.event"
    })
package org.byoemail.outbound.delivery;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
