/**
 * What Outlook wraps a mail in: reads TNEF (MS-OXTNEF) with the RTF and the meetings in it. Needs
 * no framework.
 */
@NullMarked
@ApplicationModule(allowedDependencies = "calendar")
package org.byoemail.tnef;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
