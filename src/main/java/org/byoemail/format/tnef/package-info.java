/**
 * What Outlook wraps a mail in: reads TNEF (MS-OXTNEF) with the RTF and the meetings in it. Needs
 * no framework.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"format.calendar"})
package org.byoemail.format.tnef;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
