/**
 * The command {@code inspect}: what classifier and parser find in raw mail, as JSON lines. It needs
 * no server and no Spring.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "account.connection",
      "account.discovery",
      "account.provider",
      "format.authentication",
      "format.calendar",
      "format.html",
      "format.mime",
      "format.report",
      "format.screen",
      "outbound.bounce"
    })
package org.byoemail.command.inspect;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
