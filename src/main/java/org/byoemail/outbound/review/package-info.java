/**
 * Reviews of mail before it is sent: which mail needs one, the exact versions that are kept for it,
 * and what was decided. {@link org.byoemail.outbound.review.Reviews} changes the rows in the
 * transactions of {@code outbound.delivery}, which knows what follows for the message.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "account.registry",
      "outbound.composition",
      "outbound.gate",
      "platform.access",
      "platform.conversation",
      "platform.dossier",
      "platform.event"
    })
package org.byoemail.outbound.review;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
