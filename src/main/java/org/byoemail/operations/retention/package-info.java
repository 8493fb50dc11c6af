/**
 * Retention periods of messages, events, attachments, raw mail and the quarantine by organisation,
 * deletion in small steps, and the erasure of personal data.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "inbound.ingest",
      "inbound.mailbox",
      "outbound.bounce",
      "outbound.delivery",
      "outbound.draft",
      "outbound.sentfolder",
      "outbound.submission",
      "outbound.suppression",
      "platform.audit",
      "platform.conversation",
      "platform.dossier",
      "platform.event",
      "webhook"
    })
package org.byoemail.operations.retention;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
