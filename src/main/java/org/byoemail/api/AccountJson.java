package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealth;
import org.byoemail.account.registry.AccountSettings;
import org.byoemail.inbound.mailbox.LeaseHolder;
import org.byoemail.inbound.mailbox.MailboxStatus;
import org.byoemail.outbound.delivery.AccountSending;
import org.byoemail.setup.AccountDraft;
import org.byoemail.setup.AccountState;
import org.jspecify.annotations.Nullable;

/** The shapes of accounts. A password goes in and never comes out. */
final class AccountJson {
  private AccountJson() {}

  /** An account as it is sent to us. */
  @Schema(name = "AccountRequest")
  record Request(
      @Nullable @Schema(description = "the id of the agent") String agent,
      @Nullable String address,
      @Nullable String displayName,
      ServerJson.@Nullable Smtp smtp,
      ServerJson.@Nullable Imap imap,
      @Nullable Boolean outboundEnabled,
      @Nullable Boolean inboundEnabled,
      LimitsJson.@Nullable Own limits,
      @Nullable
          @Schema(description = "where reports about its mail arrive, if not in its own mailbox")
          String bounceAccount) {

    static Request of(AccountState state, AccountSending sending) {
      Account account = state.account();
      AccountSettings settings = account.settings();
      return new Request(
          account.agent().toString(),
          account.address().value(),
          settings.displayName(),
          ServerJson.Smtp.of(settings.smtp()),
          ServerJson.Imap.of(settings),
          account.outboundEnabled(),
          account.inboundEnabled(),
          LimitsJson.Own.of(sending.own(), sending.ownConnections()),
          state.bounceAccount() == null ? null : state.bounceAccount().toString());
    }

    AccountDraft draft() {
      return new AccountDraft(
          displayName,
          smtp == null ? null : smtp.draft(),
          imap == null ? null : imap.draft(),
          imap == null ? null : imap.folder(),
          imap == null ? null : imap.pollInterval(),
          imap == null ? null : imap.idle(),
          imap == null ? null : imap.afterIngest(),
          imap == null ? null : imap.moveTo(),
          imap == null ? null : imap.backfillSince());
    }
  }

  /** How one side fares. */
  record SideHealth(
      @Nullable Instant lastOkAt,
      @Nullable String error,
      @Nullable Instant errorAt,
      int failures,
      @Nullable Instant backoffUntil) {

    static SideHealth of(AccountHealth health) {
      return new SideHealth(
          health.lastOkAt(),
          health.error(),
          health.errorAt(),
          health.failures(),
          health.backoffUntil());
    }
  }

  /**
   * Who watches the mailbox.
   *
   * @param node the node that watches it
   * @param since when it took it
   * @param state connecting, selecting, catching_up, idle, polling or backing_off; null where
   *     another node than the one that answers watches it
   * @param due when something is next done about it; null likewise, or where the server tells
   */
  record Lease(
      String node, Instant since, String folder, @Nullable String state, @Nullable Instant due) {

    static @Nullable Lease of(AccountState account) {
      LeaseHolder holder = account.holder();
      MailboxStatus watcher = account.watcher();
      return holder == null
          ? null
          : new Lease(
              holder.node(),
              holder.since(),
              account.account().settings().folder(),
              watcher == null ? null : word(watcher.state()),
              watcher == null ? null : watcher.due());
    }
  }

  /** How both sides fare. */
  record Health(SideHealth smtp, SideHealth imap) {}

  /** An account as we tell it. */
  @Schema(name = "Account")
  record Shown(
      UUID id,
      UUID agent,
      String organization,
      UUID endpoint,
      String address,
      @Nullable String displayName,
      ServerJson.@Nullable ShownSmtp smtp,
      ServerJson.@Nullable ShownImap imap,
      boolean outboundEnabled,
      boolean inboundEnabled,
      @Nullable UUID bounceAccount,
      @Schema(allowableValues = {"active", "disabled", "paused", "error"}) String status,
      Health health,
      @Nullable Lease lease,
      LimitsJson.Shown limits,
      Instant createdAt) {

    static Shown of(AccountState state, AccountSending sending) {
      Account account = state.account();
      AccountSettings settings = account.settings();
      return new Shown(
          account.id().value(),
          account.agent().value(),
          account.organization(),
          account.endpoint(),
          account.address().value(),
          settings.displayName(),
          ServerJson.ShownSmtp.of(account),
          ServerJson.ShownImap.of(account),
          account.outboundEnabled(),
          account.inboundEnabled(),
          state.bounceAccount() == null ? null : state.bounceAccount().value(),
          state.status().word(),
          new Health(SideHealth.of(state.smtp()), SideHealth.of(state.imap())),
          Lease.of(state),
          LimitsJson.Shown.of(sending),
          account.createdAt());
    }
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
