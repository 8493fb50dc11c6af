/**
 * The route files that this node runs: their versions and problems, and drift between nodes.
 * Subpackage {@code camel} replaces the routes of changed files.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "platform.audit",
      "platform.broker",
      "platform.cluster",
      "platform.health"
    })
package org.byoemail.platform.routes;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
