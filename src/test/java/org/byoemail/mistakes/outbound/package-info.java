/** Uses console, which it may not. */
@ApplicationModule(allowedDependencies = {})
package org.byoemail.mistakes.outbound;

import org.springframework.modulith.ApplicationModule;
