/** How much mail comes and leaves, over all nodes: counts of minutes and hours. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package org.byoemail.platform.traffic;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
