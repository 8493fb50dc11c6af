package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountSettings;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.outbound.delivery.AccountSending;
import org.byoemail.setup.AccountDraft;
import org.byoemail.setup.AccountState;
import org.byoemail.setup.ServerDraft;
import org.jspecify.annotations.Nullable;

/** The body of a request that creates or changes an account. */
@Schema(name = "AccountRequest")
record AccountRequest(
    @Nullable @Schema(description = "the id of the agent") String agent,
    @Nullable String address,
    @Nullable String displayName,
    @Nullable Smtp smtp,
    @Nullable Imap imap,
    @Nullable Boolean outboundEnabled,
    @Nullable Boolean inboundEnabled,
    @Nullable @Schema(description = "required where auth is oauth2") OAuthRequest oauth,
    @Nullable LimitsRequest limits,
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
        Smtp.of(settings.smtp()),
        Imap.of(settings),
        account.outboundEnabled(),
        account.inboundEnabled(),
        OAuthRequest.of(state.grant()),
        LimitsRequest.of(sending.own(), sending.ownConnections()),
        state.bounceAccount() == null ? null : state.bounceAccount().toString());
  }

  AccountDraft draft() {
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

  /** The SMTP server in a request. */
  @Schema(name = "SmtpRequest")
  record Smtp(
      @Nullable String host,
      @Nullable Integer port,
      @Nullable @Schema(allowableValues = {"ssl", "starttls", "none"}) String security,
      @Nullable @Schema(allowableValues = {"none", "plain", "login", "oauth2"}) String auth,
      @Nullable String username,
      @Nullable @Schema(accessMode = Schema.AccessMode.WRITE_ONLY) String password) {

    static @Nullable Smtp of(@Nullable ServerSettings server) {
      return server == null
          ? null
          : new Smtp(
              server.host(),
              server.port(),
              server.security().word(),
              server.auth().word(),
              server.username(),
              null);
    }

    ServerDraft draft() {
      return new ServerDraft(host, port, security, auth, username, password);
    }

    @Override
    public String toString() {
      return "Smtp[" + host + "]";
    }
  }

  /** The IMAP server in a request. */
  @Schema(name = "ImapRequest")
  record Imap(
      @Nullable String host,
      @Nullable Integer port,
      @Nullable @Schema(allowableValues = {"ssl", "starttls", "none"}) String security,
      @Nullable @Schema(allowableValues = {"none", "plain", "login", "oauth2"}) String auth,
      @Nullable String username,
      @Nullable @Schema(accessMode = Schema.AccessMode.WRITE_ONLY) String password,
      @Nullable @Schema(description = "the first of the folders") String folder,
      @Nullable
          @Schema(
              description = "the watched folders, at most 10; one mail in several is ingested once")
          List<@Nullable String> folders,
      @Nullable @Schema(description = "seconds") Integer pollInterval,
      @Nullable Boolean idle,
      @Nullable
          @Schema(
              allowableValues = {"none", "seen", "move", "delete"},
              description = "what is done in the mailbox with mail that was taken in")
          String afterIngest,
      @Nullable @Schema(description = "the folder that mail is moved to") String moveTo,
      @Nullable @Schema(description = "mail that has arrived since is taken in, too")
          Instant backfillSince) {

    static @Nullable Imap of(AccountSettings settings) {
      ServerSettings server = settings.imap();
      return server == null
          ? null
          : new Imap(
              server.host(),
              server.port(),
              server.security().word(),
              server.auth().word(),
              server.username(),
              null,
              null,
              null,
              (int) settings.pollInterval().toSeconds(),
              settings.idle(),
              AccountResponse.afterIngest(settings),
              settings.inbound().moveTo(),
              settings.inbound().backfillSince());
    }

    ServerDraft draft() {
      return new ServerDraft(host, port, security, auth, username, password);
    }

    @Override
    public String toString() {
      return "Imap[" + host + "]";
    }
  }
}
