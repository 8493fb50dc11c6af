package org.byoemail.operations.transfer;

import java.util.List;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountSettings;
import org.byoemail.operations.setup.AccountDraft;
import org.byoemail.operations.setup.AccountState;
import org.byoemail.operations.setup.ImapFields;
import org.byoemail.operations.setup.LimitsFields;
import org.byoemail.operations.setup.OAuthFields;
import org.byoemail.operations.setup.SmtpFields;
import org.byoemail.outbound.delivery.AccountSending;
import org.jspecify.annotations.Nullable;

/**
 * An account in a file, with the field names of the API; in CSV the path of a field is the name of
 * its column, such as {@code smtp.host}. Null: not given.
 */
record AccountLine(
    @Nullable String agent,
    @Nullable String address,
    @Nullable String displayName,
    @Nullable SmtpFields smtp,
    @Nullable ImapFields imap,
    @Nullable OAuthFields oauth,
    @Nullable LimitsFields limits,
    @Nullable String bounceAccount) {

  static AccountLine of(AccountState state, AccountSending sending) {
    Account account = state.account();
    AccountSettings settings = account.settings();
    return new AccountLine(
        account.agent().toString(),
        account.address().value(),
        settings.displayName(),
        SmtpFields.of(settings.smtp()),
        imap(settings),
        OAuthFields.of(state.grant()),
        limits(sending),
        state.bounceAccount() == null ? null : state.bounceAccount().toString());
  }

  AccountDraft draft() {
    return AccountDraft.of(displayName, smtp, imap, oauth);
  }

  /** With all folders in one list, so that importing the file sets them as they are. */
  private static @Nullable ImapFields imap(AccountSettings settings) {
    ImapFields fields = ImapFields.of(settings);
    return fields == null ? null : fields.withFolders(List.copyOf(settings.folders()));
  }

  private static @Nullable LimitsFields limits(AccountSending sending) {
    return sending.own().amounts().isEmpty() && sending.ownConnections() == null
        ? null
        : LimitsFields.of(sending.own(), sending.ownConnections());
  }
}
