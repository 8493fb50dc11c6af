package org.byoemail.mailbox;

import java.time.Instant;

/**
 * Who watches a mailbox.
 *
 * @param node the name of the node
 * @param since when it took it
 */
public record Holder(String node, Instant since) {}
