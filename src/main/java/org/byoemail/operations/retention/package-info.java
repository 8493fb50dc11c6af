/**
 * How long messages, events, files, raw mail and the quarantine are kept, by organisation, and
 * their deletion in small steps.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "inbound.mailbox",
      "outbound.bounce",
      "outbound.delivery",
      "outbound.sentfolder",
      "outbound.submission",
      "outbound.suppression",
      "platform.audit",
      "platform.conversation",
      "platform.event"
    })
package org.byoemail.operations.retention;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
