/**
 * Takes mail in: the contact policy on the header, then message, conversation, attachments and
 * event in one transaction.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "account.alias",
      "account.connection",
      "account.discovery",
      "account.link",
      "account.provider",
      "account.receiving",
      "account.registry",
      "account.testmail",
      "format.authentication",
      "format.calendar",
      "format.html",
      "format.mime",
      "format.report",
      "format.screen",
      "inbound.mailbox",
      "inbound.scan",
      "platform.audit",
      "platform.conversation",
      "platform.event",
      "platform.health",
      "platform.restore",
      "platform.hook",
      "platform.trace"
    })
package org.byoemail.inbound.ingest;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
