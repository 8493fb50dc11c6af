/**
 * The Camel component that watches every mailbox of this node and hands over new mail, header
 * first.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "account.connection",
      "account.registry",
      "account.rollout",
      "format.mime",
      "platform.cluster",
      "platform.event",
      "platform.lease"
    })
package org.byoemail.inbound.mailbox;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
