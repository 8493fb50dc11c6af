/**
 * How long to wait between retries, and which errors are worth one. Values and rules that every
 * feature may use.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package org.byoemail.platform.retry;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
