/** Token buckets that all nodes take from, in Redis and by the time of Redis. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package org.byoemail.platform.bucket;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
