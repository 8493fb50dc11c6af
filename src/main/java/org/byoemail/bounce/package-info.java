/**
 * Delivery reports: reads them, and finds the attempts they are about.
 *
 * <p>What a report says comes from a stranger. Reading it decides nothing: what it may change is
 * decided where it is matched to an attempt.
 */
@ApplicationModule(
    allowedDependencies = {"composition", "outbound", "suppression", "event", "mime"})
@NullMarked
package org.byoemail.bounce;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
