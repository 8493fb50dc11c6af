/**
 * What reports change: finds the attempt that one is about, updates recipients and suppressions,
 * and publishes events. {@link org.byoemail.format.report} reads the reports.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "format.report",
      "outbound.composition",
      "outbound.delivery",
      "outbound.suppression",
      "platform.conversation",
      "platform.dossier",
      "platform.event",
      "platform.trace"
    })
package org.byoemail.outbound.bounce;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
