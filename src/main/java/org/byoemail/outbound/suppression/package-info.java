/** Whom mail is not sent to any more, and why. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package org.byoemail.outbound.suppression;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
