/** Uses the inside of a feature that it may use, in a circle. */
@ApplicationModule(allowedDependencies = "outbound")
package org.byoemail.mistakes.console;

import org.springframework.modulith.ApplicationModule;
