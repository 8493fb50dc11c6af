/** Copies of sent mails in the Sent folders of the accounts that want them. */
@NullMarked
@ApplicationModule(
    allowedDependencies = {"account", "composition", "connection", "conversation", "rollout"})
package org.byoemail.sentfolder;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
