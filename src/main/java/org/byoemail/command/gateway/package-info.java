/**
 * The commands that talk to a running gateway: {@code accounts}, {@code restore}, {@code send},
 * {@code listen} and {@code mcp}. They need no Spring.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"operations.transfer"})
package org.byoemail.command.gateway;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
