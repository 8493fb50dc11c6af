/**
 * Drafts: submissions that are kept, changed and sent later, once each, and mirrored to the Drafts
 * folders of the accounts that want it.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "account.connection",
      "account.registry",
      "account.rollout",
      "outbound.composition",
      "outbound.foldercopy",
      "outbound.submission",
      "platform.audit",
      "platform.conversation",
      "platform.retry"
    })
package org.byoemail.outbound.draft;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
