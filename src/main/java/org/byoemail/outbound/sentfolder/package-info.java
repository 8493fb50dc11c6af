/** Copies of sent mails in the Sent folders of the accounts that want them. */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "account.connection",
      "account.registry",
      "account.rollout",
      "outbound.composition",
      "outbound.foldercopy",
      "platform.audit",
      "platform.conversation"
    })
package org.byoemail.outbound.sentfolder;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
