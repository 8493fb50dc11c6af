package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
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

/** The body of a request that creates or changes an account. */
@Schema(name = "AccountRequest")
record AccountRequest(
    @Nullable
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED, description = "the id of the agent")
        String agent,
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable String address,
    @Nullable String displayName,
    @Nullable SmtpFields smtp,
    @Nullable ImapFields imap,
    @Nullable Boolean outboundEnabled,
    @Nullable Boolean inboundEnabled,
    @Nullable @Schema(description = "required if auth is oauth2") OAuthFields oauth,
    @Nullable LimitsFields limits,
    @Nullable
        @Schema(description = "where reports about its mail arrive, if not in its own mailbox")
        String bounceAccount) {

  static AccountRequest of(AccountState state, AccountSending sending) {
    Account account = state.account();
    AccountSettings settings = account.settings();
    return new AccountRequest(
        account.agent().toString(),
        account.address().value(),
        settings.displayName(),
        SmtpFields.of(settings.smtp()),
        ImapFields.of(settings),
        account.outboundEnabled(),
        account.inboundEnabled(),
        OAuthFields.of(state.grant()),
        LimitsFields.of(sending.own(), sending.ownConnections()),
        state.bounceAccount() == null ? null : state.bounceAccount().toString());
  }

  AccountDraft draft() {
    return AccountDraft.of(displayName, smtp, imap, oauth);
  }
}
