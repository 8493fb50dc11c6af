package org.byoemail.platform.lease;

import org.byoemail.format.mail.MailboxId;

/**
 * The right to watch a mailbox.
 *
 * @param fence fencing token: PostgreSQL checks it with every write of the watcher
 */
public record Lease(MailboxId mailbox, long fence) {}
