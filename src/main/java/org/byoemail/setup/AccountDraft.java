package org.byoemail.setup;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An account, as it was typed.
 *
 * @param smtp null: the account does not send
 * @param imap null: the account does not receive
 * @param folder the watched one; null: INBOX
 * @param pollSeconds between two polls where the server has no IDLE; null: 120
 * @param idle whether IDLE is used where the server has it; null: yes
 * @param afterIngest none, seen, move or delete; null: as the platform has it
 * @param moveTo the folder that mail is moved to
 * @param backfillSince mail that has arrived since is taken in, too; null: only new mail is
 */
public record AccountDraft(
    @Nullable String displayName,
    @Nullable ServerDraft smtp,
    @Nullable ServerDraft imap,
    @Nullable String folder,
    @Nullable Integer pollSeconds,
    @Nullable Boolean idle,
    @Nullable String afterIngest,
    @Nullable String moveTo,
    @Nullable Instant backfillSince) {

  /** With the usual way to read a mailbox. */
  public AccountDraft(
      @Nullable String displayName, @Nullable ServerDraft smtp, @Nullable ServerDraft imap) {
    this(displayName, smtp, imap, null, null, null, null, null, null);
  }
}
