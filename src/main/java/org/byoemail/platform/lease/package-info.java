/**
 * Leases: the right of one node to watch one mailbox, in Redis, with the fence that PostgreSQL
 * checks on every write.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"platform.cluster"})
package org.byoemail.platform.lease;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
