/** Sending limits of accounts, counted in Redis, or by the share of each node without it. */
@NullMarked
@ApplicationModule(allowedDependencies = {"platform.bucket", "platform.cluster"})
package org.byoemail.outbound.limit;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
