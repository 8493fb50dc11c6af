package org.byoemail.operations.setup;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an account as entered, not validated yet.
 *
 * @param smtp null: the account does not send
 * @param imap null: the account does not receive
 * @param folder the first folder to watch; null: as {@code folders} says
 * @param folders to watch; null: as they are, INBOX for a new account
 * @param pollSeconds between two polls if the server has no IDLE; null: 120
 * @param idle whether IDLE is used if the server has it; null: yes
 * @param afterIngest none, seen, move or delete; null: the platform's default
 * @param moveTo the folder that mail is moved to
 * @param backfillSince older mail since then is ingested, too; null: only new mail
 * @param oauth for the sides whose auth is oauth2; null: as it is
 */
public record AccountDraft(
    @Nullable String displayName,
    @Nullable ServerDraft smtp,
    @Nullable ServerDraft imap,
    @Nullable String folder,
    @Nullable List<@Nullable String> folders,
    @Nullable Integer pollSeconds,
    @Nullable Boolean idle,
    @Nullable String afterIngest,
    @Nullable String moveTo,
    @Nullable Instant backfillSince,
    @Nullable OAuthDraft oauth) {

  /** Creates a draft from the fields of a request or a file; null: not given. */
  public static AccountDraft of(
      @Nullable String displayName,
      @Nullable SmtpFields smtp,
      @Nullable ImapFields imap,
      @Nullable OAuthFields oauth) {
    return new AccountDraft(
        displayName,
        smtp == null ? null : smtp.draft(),
        imap == null ? null : imap.draft(),
        imap == null ? null : imap.folder(),
        imap == null ? null : imap.folders(),
        imap == null ? null : imap.pollInterval(),
        imap == null ? null : imap.idle(),
        imap == null ? null : imap.afterIngest(),
        imap == null ? null : imap.moveTo(),
        imap == null ? null : imap.backfillSince(),
        oauth == null ? null : oauth.draft());
  }

  /** With the defaults for reading a mailbox. */
  public AccountDraft(
      @Nullable String displayName, @Nullable ServerDraft smtp, @Nullable ServerDraft imap) {
    this(displayName, smtp, imap, null, null, null, null, null, null, null, null);
  }

  /** The same draft with that source of access tokens. */
  public AccountDraft withOAuth(@Nullable OAuthDraft other) {
    return new AccountDraft(
        displayName,
        smtp,
        imap,
        folder,
        folders,
        pollSeconds,
        idle,
        afterIngest,
        moveTo,
        backfillSince,
        other);
  }
}
