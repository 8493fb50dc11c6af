/**
 * Calendars in mail: reads what an invitation, a change, a cancellation or an answer is about.
 * Needs no framework.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package org.byoemail.format.calendar;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
