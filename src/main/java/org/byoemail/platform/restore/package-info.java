/**
 * Detects that the database was restored from a backup, and stops sending until an operator has the
 * queued mail reconciled.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "platform.audit",
      "platform.conversation",
      "platform.dossier",
      "platform.event"
    })
package org.byoemail.platform.restore;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
