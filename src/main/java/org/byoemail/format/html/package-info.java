/**
 * The visible text of HTML: what a browser would paint, separate from what styles, markup or
 * characters hide. Pictures are not fetched and scripts not run.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package org.byoemail.format.html;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
