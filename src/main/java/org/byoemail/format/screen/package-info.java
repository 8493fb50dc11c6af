/**
 * Suspicious content in mails: a closed set of findings with severity and evidence, judged by the
 * mail alone.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"format.html", "format.mime"})
package org.byoemail.format.screen;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
