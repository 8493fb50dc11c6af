/**
 * Hooks: the operator's own routes that are called at named points of a flow. A hook may let the
 * mail pass, refuse it or add metadata.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"platform.routes"})
package org.byoemail.platform.hook;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
