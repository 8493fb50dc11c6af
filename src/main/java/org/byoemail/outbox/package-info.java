/**
 * What people see of outbound messages, and what they may do about them: list, cancel, release,
 * send again, pause.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"conversation", "outbound", "submission"})
package org.byoemail.outbox;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
