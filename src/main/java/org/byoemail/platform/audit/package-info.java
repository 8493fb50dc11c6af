/** The audit log: who changed what, when and from where. Append-only, and without secrets. */
@NullMarked
@ApplicationModule(allowedDependencies = {"platform.access"})
package org.byoemail.platform.audit;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
