package org.byoemail.platform.lease;

import java.util.UUID;

/**
 * The right to watch a mailbox.
 *
 * @param fence every write of the watcher names it; PostgreSQL refuses one that is no longer
 *     current
 */
public record Lease(UUID mailbox, long fence) {}
