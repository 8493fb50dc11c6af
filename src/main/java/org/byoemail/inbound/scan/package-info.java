/**
 * Scanners of the operator's that see each mail before it is taken in: malware scanners, and a
 * service of the operator's own. All are off unless set.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package org.byoemail.inbound.scan;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
