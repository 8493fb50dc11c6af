/** Suppressed addresses, to which no mail is sent, with the reasons. */
@NullMarked
@ApplicationModule(allowedDependencies = {"platform.audit"})
package org.byoemail.outbound.suppression;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
