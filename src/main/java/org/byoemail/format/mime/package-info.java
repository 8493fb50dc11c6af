/**
 * The parser of raw mail: header, parts, bodies and files. Needs no framework; everything that
 * leaves it is safe for use by many threads.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"format.calendar", "format.html", "format.tnef"})
package org.byoemail.format.mime;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
