/**
 * The commands {@code accounts}, which imports and exports accounts, and {@code restore}, over the
 * API of a running gateway. They need no Spring.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"operations.transfer"})
package org.byoemail.command.gateway;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
