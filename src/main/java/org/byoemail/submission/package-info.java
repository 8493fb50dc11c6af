/**
 * What producers hand in, and all that is done until it is accepted: read, checked and stored once,
 * or rejected.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"account", "composition", "conversation", "outbound"})
package org.byoemail.submission;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
