package org.byoemail.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealth;
import org.byoemail.account.registry.AccountSettings;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.api.RolloutController.SidesResponse;
import org.byoemail.inbound.mailbox.LeaseHolder;
import org.byoemail.inbound.mailbox.MailboxStatus;
import org.byoemail.inbound.mailbox.WatchedFolder;
import org.byoemail.operations.setup.AccountState;
import org.byoemail.outbound.delivery.AccountSending;
import org.jspecify.annotations.Nullable;

/** An account in a response; never with its passwords. */
@Schema(name = "Account")
record AccountResponse(
    UUID id,
    UUID agent,
    String organization,
    UUID endpoint,
    String address,
    @Nullable String displayName,
    @Nullable Server smtp,
    @Nullable Imap imap,
    boolean outboundEnabled,
    boolean inboundEnabled,
    @Nullable OAuthResponse oauth,
    @Nullable UUID bounceAccount,
    @Schema(allowableValues = {"active", "disabled", "paused", "needs_reauthorization", "error"})
        String status,
    Health health,
    @Nullable
        @Schema(
            description =
                "what it is used for, by the flag BYO_EMAIL_ENABLED; null: not evaluated yet, so"
                    + " not used")
        SidesResponse rollout,
    @Nullable @Schema(description = "of the first folder") Lease lease,
    List<Folder> folders,
    LimitsResponse limits,
    Instant createdAt) {

  static AccountResponse of(AccountState state, AccountSending sending) {
    Account account = state.account();
    AccountSettings settings = account.settings();
    return new AccountResponse(
        account.id().value(),
        account.agent().value(),
        account.organization().value(),
        account.endpoint().value(),
        account.address().value(),
        settings.displayName(),
        Server.of(settings.smtp(), account.smtpVerifiedAt()),
        Imap.of(account),
        account.outboundEnabled(),
        account.inboundEnabled(),
        OAuthResponse.of(state.grant()),
        state.bounceAccount() == null ? null : state.bounceAccount().value(),
        state.status().word(),
        new Health(SideHealth.of(state.smtp()), SideHealth.of(state.imap())),
        SidesResponse.of(state.rollout()),
        state.folders().stream().findFirst().map(Lease::of).orElse(null),
        state.folders().stream().map(folder -> Folder.of(account, folder)).toList(),
        LimitsResponse.of(sending),
        account.createdAt());
  }

  /** A server in a response. */
  @Schema(name = "Smtp")
  record Server(
      String host,
      int port,
      @Schema(allowableValues = {"ssl", "starttls", "none"}) String security,
      @Schema(allowableValues = {"none", "plain", "login", "oauth2"}) String auth,
      @Nullable String username,
      boolean hasPassword,
      @Nullable Instant verifiedAt) {

    static @Nullable Server of(@Nullable ServerSettings server, @Nullable Instant verifiedAt) {
      return server == null
          ? null
          : new Server(
              server.host(),
              server.port(),
              server.security().word(),
              server.auth().word(),
              server.username(),
              server.secret() != null,
              verifiedAt);
    }
  }

  /** The IMAP server in a response. */
  @Schema(name = "Imap")
  record Imap(
      @JsonUnwrapped Server server,
      @Schema(description = "the first of the folders") String folder,
      List<String> folders,
      @Schema(description = "seconds") long pollInterval,
      boolean idle,
      @Nullable String afterIngest,
      @Nullable String moveTo,
      @Nullable Instant backfillSince) {

    static @Nullable Imap of(Account account) {
      AccountSettings settings = account.settings();
      Server server = Server.of(settings.imap(), account.imapVerifiedAt());
      return server == null
          ? null
          : new Imap(
              server,
              settings.folder(),
              settings.folders(),
              settings.pollInterval().toSeconds(),
              settings.idle(),
              AccountResponse.afterIngest(settings),
              settings.inbound().moveTo(),
              settings.inbound().backfillSince());
    }
  }

  /** The health of both sides. */
  record Health(SideHealth smtp, SideHealth imap) {}

  /** The health of one side. */
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
   * The lease of the node that watches the mailbox.
   *
   * @param since when the node acquired it
   * @param state connecting, selecting, catching_up, idle, polling or backing_off; null unless the
   *     node that answers is the holder
   * @param due when the watcher acts next; null unless the node that answers is the holder, and
   *     while the watcher waits for the server (IDLE)
   */
  record Lease(
      String node, Instant since, String folder, @Nullable String state, @Nullable Instant due) {

    static @Nullable Lease of(AccountState.Folder folder) {
      LeaseHolder holder = folder.holder();
      MailboxStatus watcher = folder.watcher();
      return holder == null
          ? null
          : new Lease(
              holder.node(),
              holder.since(),
              folder.watched().folder(),
              watcher == null ? null : watcher.state().word(),
              watcher == null ? null : watcher.due());
    }
  }

  /**
   * A folder that the account watches.
   *
   * @param lease null: no node watches it
   * @param error why it is not read at present; null: nothing is wrong, or the account has one
   *     folder only, whose error is in its health
   */
  @Schema(name = "Folder")
  record Folder(
      String name, @Nullable Lease lease, @Nullable String error, @Nullable Instant errorAt) {

    static Folder of(Account account, AccountState.Folder folder) {
      WatchedFolder watched = folder.watched();
      boolean several = account.settings().hasSeveralFolders();
      return new Folder(
          watched.folder(),
          Lease.of(folder),
          several ? watched.error() : null,
          several ? watched.errorAt() : null);
    }
  }

  static @Nullable String afterIngest(AccountSettings settings) {
    AfterIngest afterIngest = settings.inbound().afterIngest();
    return afterIngest == null ? null : afterIngest.word();
  }
}
