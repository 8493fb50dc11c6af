/** The command {@code dossier}: verifies the chain of dossiers, in a database or in a file. */
@NullMarked
@ApplicationModule(allowedDependencies = {"platform.dossier", "platform.health"})
package org.byoemail.command.verify;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
