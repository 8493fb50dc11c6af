/**
 * What reports change: the attempt that one is about is found, recipients and suppressions follow,
 * and the platform is told. The reports are read by {@link org.byoemail.format.report}.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "format.report",
      "outbound.composition",
      "outbound.delivery",
      "outbound.suppression",
      "platform.event"
    })
package org.byoemail.outbound.bounce;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
