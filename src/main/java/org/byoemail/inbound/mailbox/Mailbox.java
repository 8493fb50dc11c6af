package org.byoemail.inbound.mailbox;

import java.time.Instant;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.MailboxId;
import org.jspecify.annotations.Nullable;

/**
 * A watched folder: a row of {@code mailbox}.
 *
 * @param first whether it is of the first folder of its account
 * @param cursor null until the baseline was taken
 * @param epoch generation of the UIDs: grows with each change of UIDVALIDITY
 * @param fence the fence of its current lease
 * @param watchedSince mail that arrived well before is history and not ingested
 * @param window null unless UIDVALIDITY has changed
 * @param backfilledSince since when older mail was backfilled; null if not
 * @param takenOver whether the previous holder did not release it
 * @param junk whether the server files junk in it
 * @param attempt mails after the cursor whose reading had begun; null if absent
 */
record Mailbox(
    MailboxId id,
    AccountId account,
    boolean first,
    MailboxKey key,
    @Nullable Cursor cursor,
    int epoch,
    long fence,
    @Nullable Instant watchedSince,
    @Nullable ResyncWindow window,
    @Nullable Instant backfilledSince,
    boolean takenOver,
    @Nullable FetchAttempt attempt,
    boolean junk) {}
