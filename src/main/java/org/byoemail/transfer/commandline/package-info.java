/**
 * The command {@code accounts}: imports and exports accounts over the API of a running gateway. It
 * needs no Spring.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"transfer.accounts"})
package org.byoemail.transfer.commandline;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
