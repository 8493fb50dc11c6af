/** Events for the platform: a transactional outbox, published in order, at least once. */
@NullMarked
@ApplicationModule(allowedDependencies = {"platform.health"})
package org.byoemail.platform.event;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
