package org.byoemail.inbound.mailbox;

import java.time.Instant;

/**
 * The node that watches a mailbox.
 *
 * @param node the name of the node
 * @param since when it took it
 */
public record LeaseHolder(String node, Instant since) {}
