/** Drafts: submissions that are kept, changed and sent later, once each. */
@NullMarked
@ApplicationModule(allowedDependencies = {"outbound.submission"})
package org.byoemail.outbound.draft;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
