/**
 * What producers hand in, and all that is done until it is accepted: read, checked and stored once,
 * or rejected.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "account.alias",
      "account.registry",
      "format.html",
      "outbound.composition",
      "outbound.delivery",
      "outbound.gate",
      "outbound.finding",
      "outbound.suppression",
      "outbound.review",
      "platform.broker",
      "platform.conversation",
      "platform.dossier",
      "platform.hook",
      "platform.trace",
      "platform.transaction"
    })
package org.byoemail.outbound.submission;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
