/** From a message that is due to the recorded outcome of each try to send it. */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "account",
      "composition",
      "connection",
      "conversation",
      "limit",
      "rollout",
      "sentfolder",
      "suppression",
      "event"
    })
package org.byoemail.outbound;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
