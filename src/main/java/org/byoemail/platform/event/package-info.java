/**
 * What the platform is told: events written with the change they tell of and published in order, at
 * least once.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package org.byoemail.platform.event;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
