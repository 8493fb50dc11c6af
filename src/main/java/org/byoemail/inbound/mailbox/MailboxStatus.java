package org.byoemail.inbound.mailbox;

import java.time.Instant;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.jspecify.annotations.Nullable;

/**
 * How a mailbox of this node fares.
 *
 * @param since when this node took it
 * @param due when something is next done about it; null: at once, or when the server tells
 * @param trouble why it backs off; null where it does not
 */
public record MailboxStatus(
    AccountId account,
    UUID mailbox,
    String folder,
    MailboxState state,
    Instant since,
    @Nullable Instant due,
    @Nullable String trouble) {}
