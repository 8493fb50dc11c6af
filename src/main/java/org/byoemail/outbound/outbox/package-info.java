/** Outbound messages for people: list, cancel, release, send again, pause. */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "account.registry",
      "outbound.delivery",
      "outbound.gate",
      "outbound.provenance",
      "outbound.review",
      "outbound.submission",
      "outbound.suppression",
      "platform.access",
      "platform.audit",
      "platform.conversation",
      "platform.dossier",
      "platform.health",
      "platform.restore",
      "account.connection"
    })
package org.byoemail.outbound.outbox;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
