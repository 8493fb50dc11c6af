/** Suppressed addresses, to which no mail is sent, with the reasons. */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "account.registry",
      "platform.access",
      "platform.audit",
      "platform.event"
    })
package org.byoemail.outbound.suppression;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
