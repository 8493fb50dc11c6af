/**
 * The dossiers of outbound messages: entries that are written with the changes that they record,
 * and the chain that is made of them once they have committed, signed by a key outside the
 * database.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"platform.event", "platform.health"})
package org.byoemail.platform.dossier;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
