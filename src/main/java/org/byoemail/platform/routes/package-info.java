/**
 * The files of routes that this node runs: their versions, what is broken in them, and whether the
 * nodes run the same. Subpackage {@code camel} replaces routes whose file has changed.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"platform.cluster", "platform.health"})
package org.byoemail.platform.routes;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
