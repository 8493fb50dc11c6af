/**
 * How much may be sent, and the share that this node has of it: counted in Redis, or without it.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"platform.cluster"})
package org.byoemail.outbound.limit;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
