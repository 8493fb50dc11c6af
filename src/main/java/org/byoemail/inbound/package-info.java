/**
 * From an IMAP mailbox to a stored message.
 *
 * <p>Features: {@code mailbox} (the Camel component: leases, IDLE and polling, fetching), {@code
 * ingest} (policy, threading, storing, quarantine), {@code scan} (malware scanners and a service of
 * the operator's). Uses {@code account}, {@code platform} and {@code format}; never {@code
 * outbound}.
 */
@NullMarked
package org.byoemail.inbound;

import org.jspecify.annotations.NullMarked;
