/**
 * Copies of mails in a folder of an account's mailbox, such as Sent or Drafts: the setting of the
 * account, the queue of copies, and a run over the copies of one account.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "account.connection",
      "account.registry",
      "account.rollout",
      "platform.audit"
    })
package org.byoemail.outbound.foldercopy;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
