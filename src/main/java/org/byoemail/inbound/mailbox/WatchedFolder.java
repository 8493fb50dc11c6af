package org.byoemail.inbound.mailbox;

import java.time.Instant;
import org.byoemail.format.mail.MailboxId;
import org.jspecify.annotations.Nullable;

/**
 * A folder that an account watches.
 *
 * @param holder the node that watches it; null if none does
 * @param error why it is not read at present, if the account has several folders; null: this one
 *     works
 * @param errorAt null with the error
 */
public record WatchedFolder(
    MailboxId mailbox,
    String folder,
    @Nullable LeaseHolder holder,
    @Nullable String error,
    @Nullable Instant errorAt) {}
