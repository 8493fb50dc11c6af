/** Reconciles queued mail after the database was restored from a backup. */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "outbound.delivery",
      "outbound.sentfolder",
      "platform.cluster",
      "platform.restore"
    })
package org.byoemail.outbound.reconciliation;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
