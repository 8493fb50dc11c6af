/** Reads delivery reports and finds the attempt that caused them. */
@NullMarked
@ApplicationModule(allowedDependencies = {"outbound", "event"})
package org.byoemail.bounce;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
