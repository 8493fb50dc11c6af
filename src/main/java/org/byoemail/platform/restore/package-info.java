/**
 * Finds out that the database was restored from a backup, and lets nothing leave until an operator
 * has had its queued mail reconciled.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {"platform.audit", "platform.conversation", "platform.event"})
package org.byoemail.platform.restore;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
