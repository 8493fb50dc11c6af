package org.byoemail.setup;

import org.jspecify.annotations.Nullable;

/**
 * An account, as it was typed.
 *
 * @param smtp null: the account does not send
 * @param imap null: the account does not receive
 * @param folder the watched one; null: INBOX
 * @param pollSeconds between two polls where the server has no IDLE; null: 120
 * @param idle whether IDLE is used where the server has it; null: yes
 */
public record AccountDraft(
    @Nullable String displayName,
    @Nullable ServerDraft smtp,
    @Nullable ServerDraft imap,
    @Nullable String folder,
    @Nullable Integer pollSeconds,
    @Nullable Boolean idle) {}
