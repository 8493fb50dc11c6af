/** How long to wait between retries. A value type that every feature may use. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package org.byoemail.platform.retry;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
