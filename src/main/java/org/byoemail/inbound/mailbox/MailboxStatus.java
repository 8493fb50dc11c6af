package org.byoemail.inbound.mailbox;

import java.time.Instant;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.MailboxId;
import org.jspecify.annotations.Nullable;

/**
 * The state of a mailbox that this node watches.
 *
 * @param since when this node acquired it
 * @param due when its next step is due; null: at once, or when the server announces mail
 * @param lastError why it backs off; null if it does not
 */
public record MailboxStatus(
    AccountId account,
    MailboxId mailbox,
    String folder,
    MailboxState state,
    Instant since,
    @Nullable Instant due,
    @Nullable String lastError) {}
