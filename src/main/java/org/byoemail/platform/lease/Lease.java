package org.byoemail.platform.lease;

import java.util.UUID;

/**
 * The right to watch a mailbox.
 *
 * @param fence fencing token: PostgreSQL checks it with every write of the watcher
 */
public record Lease(UUID mailbox, long fence) {}
