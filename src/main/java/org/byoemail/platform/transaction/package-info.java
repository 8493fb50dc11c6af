/** Transactions that several threads share. */
@NullMarked
@ApplicationModule(allowedDependencies = {"platform.retry"})
package org.byoemail.platform.transaction;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
