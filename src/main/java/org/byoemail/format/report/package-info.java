/**
 * Reads what mail systems write about mail: delivery reports, complaints, receipts, automatic
 * answers.
 *
 * <p>What a report says comes from a stranger. Reading it decides nothing: what it may change is
 * decided where it is matched to an attempt.
 */
@ApplicationModule(allowedDependencies = {"format.mime"})
@NullMarked
package org.byoemail.format.report;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
