/**
 * Reads mail about mail: delivery reports, complaints, receipts, automatic replies.
 *
 * <p>Reports are not authenticated. What one may change is decided where it is matched to an
 * attempt.
 */
@ApplicationModule(allowedDependencies = {"format.mime"})
@NullMarked
package org.byoemail.format.report;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
