/**
 * The guide: the Markdown pages of the repository's {@code docs} as pages of this gateway, with
 * search, open to everybody. Reads nothing but files of the program.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package org.byoemail.api.guide;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
