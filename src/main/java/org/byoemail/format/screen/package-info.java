/**
 * What is suspicious in a mail, by its content alone: a closed set of findings, each with its
 * severity and what shows it.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"format.html", "format.mime"})
package org.byoemail.format.screen;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
