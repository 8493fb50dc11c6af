/** Distinguishes degraded from down at the health endpoint. */
@NullMarked
@ApplicationModule(allowedDependencies = {"platform.broker"})
package org.byoemail.platform.health;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
