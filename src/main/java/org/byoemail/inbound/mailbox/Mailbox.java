package org.byoemail.inbound.mailbox;

import java.time.Instant;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.jspecify.annotations.Nullable;

/**
 * The row of a watched folder.
 *
 * @param cursor null before its baseline was taken
 * @param epoch how often the server has numbered the folder anew
 * @param fence that of its present lease
 * @param watchedSince what arrived well before is history and not imported
 * @param window null where the folder was never numbered anew
 * @param backfilledSince from when on older mail was asked for; null where it was not
 * @param takenOver whether who had it before the present holder did not let it go
 * @param attempt mails behind the cursor whose reading was begun; null where there are none
 */
record Mailbox(
    UUID id,
    AccountId account,
    MailboxKey key,
    @Nullable Cursor cursor,
    int epoch,
    long fence,
    @Nullable Instant watchedSince,
    @Nullable ResyncWindow window,
    @Nullable Instant backfilledSince,
    boolean takenOver,
    @Nullable FetchAttempt attempt) {}
