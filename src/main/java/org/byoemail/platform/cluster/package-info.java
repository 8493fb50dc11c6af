/** The nodes of a gateway: the identity of this run, and which other nodes run. */
@NullMarked
@ApplicationModule(allowedDependencies = {"platform.health"})
package org.byoemail.platform.cluster;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
