/** Trace context (W3C Trace Context) of mails and events, across nodes and brokers, and in logs. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package org.byoemail.platform.trace;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
