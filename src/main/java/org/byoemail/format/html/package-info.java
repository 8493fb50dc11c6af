/**
 * What a person sees of an HTML body: the text that a browser would paint, and apart from it what
 * is hidden by styles, markup or characters. Pictures are not fetched and scripts not run.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package org.byoemail.format.html;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
