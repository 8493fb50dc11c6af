/**
 * The Camel component that watches the mailboxes of this node (IDLE or polling) and sends new mail,
 * headers first, into a route. A mail is a {@code FetchedHeader}, then an {@code IncomingMail} in
 * an {@code IncomingBatch}, with its bytes in a {@code RawMail}; {@code inbound.ingest} turns it
 * into an {@code IngestItem} and an {@code InboxEntry}.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "account.connection",
      "account.registry",
      "account.rollout",
      "format.mime",
      "platform.audit",
      "platform.cluster",
      "platform.conversation",
      "platform.event",
      "platform.lease",
      "platform.retry",
      "platform.trace"
    })
package org.byoemail.inbound.mailbox;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
