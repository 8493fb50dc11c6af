/**
 * How long to wait between retries, and which errors are worth a retry. Every feature may use it.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package org.byoemail.platform.retry;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
