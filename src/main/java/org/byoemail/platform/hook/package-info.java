/**
 * Hooks: routes of the operator that are asked at named points of a flow, and may let it go on,
 * refuse it, or add metadata. Without such a route nothing is asked.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"platform.routes"})
package org.byoemail.platform.hook;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
