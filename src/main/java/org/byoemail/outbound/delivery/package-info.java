/**
 * From an accepted message to the recorded outcome of each attempt to send it. {@link
 * org.byoemail.outbound.delivery.DeliveryLifecycle} is what other features call.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "account.connection",
      "account.registry",
      "account.rollout",
      "outbound.composition",
      "outbound.gate",
      "outbound.limit",
      "outbound.review",
      "outbound.sentfolder",
      "outbound.suppression",
      "platform.audit",
      "platform.cluster",
      "platform.conversation",
      "platform.dossier",
      "platform.event",
      "platform.hook",
      "platform.retry",
      "platform.trace",
      "platform.transaction"
    })
package org.byoemail.outbound.delivery;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
