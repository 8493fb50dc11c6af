package org.byoemail.setup;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an account as entered, not validated yet.
 *
 * @param smtp null: the account does not send
 * @param imap null: the account does not receive
 * @param folder to watch; null: INBOX
 * @param pollSeconds between two polls if the server has no IDLE; null: 120
 * @param idle whether IDLE is used if the server has it; null: yes
 * @param afterIngest none, seen, move or delete; null: the platform's default
 * @param moveTo the folder that mail is moved to
 * @param backfillSince older mail since then is ingested, too; null: only new mail
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

  /** With the defaults for reading a mailbox. */
  public AccountDraft(
      @Nullable String displayName, @Nullable ServerDraft smtp, @Nullable ServerDraft imap) {
    this(displayName, smtp, imap, null, null, null, null, null, null);
  }
}
