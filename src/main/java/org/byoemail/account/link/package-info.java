/**
 * Connect links: one-time URLs by which the owner of a mailbox connects it to an agent, or signs an
 * account in again, and the mails that inform the owner of what was connected.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "account.connection",
      "account.registry",
      "platform.access",
      "platform.restore"
    })
package org.byoemail.account.link;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
