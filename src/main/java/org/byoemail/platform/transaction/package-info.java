/** Transactions that several threads share. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package org.byoemail.platform.transaction;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
