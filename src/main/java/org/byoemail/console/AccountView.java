package org.byoemail.console;

import java.util.Locale;
import java.util.UUID;
import org.byoemail.account.Account;
import org.byoemail.account.AccountHealth;
import org.byoemail.account.AfterIngest;
import org.byoemail.account.InboundOptions;
import org.byoemail.account.ServerSettings;
import org.byoemail.mailbox.Holder;
import org.byoemail.mailbox.MailboxStatus;
import org.byoemail.setup.AccountState;
import org.jspecify.annotations.Nullable;

/** An account as the pages show it. */
record AccountView(
    UUID id,
    String address,
    @Nullable String displayName,
    UUID agent,
    String agentName,
    String organization,
    Badge status,
    boolean paused,
    SideView smtp,
    SideView imap,
    String folder,
    long pollSeconds,
    boolean idle,
    String afterwards,
    @Nullable HolderView holder,
    @Nullable WatcherView watcher,
    Moment createdAt) {

  /**
   * One side.
   *
   * @param place host, port and security; null where there are no settings
   */
  record SideView(
      @Nullable String place,
      @Nullable String auth,
      @Nullable String username,
      boolean hasPassword,
      boolean enabled,
      @Nullable Moment verifiedAt,
      Badge badge,
      @Nullable Moment lastOkAt,
      @Nullable String error,
      @Nullable Moment errorAt,
      int failures,
      @Nullable Moment backoffUntil) {}

  /** Which node watches the mailbox. */
  record HolderView(String node, Moment since) {}

  /** What this node does with the mailbox. */
  record WatcherView(String state, @Nullable Moment due, @Nullable String trouble) {}

  static AccountView of(AccountState state, String agentName) {
    Account account = state.account();
    return new AccountView(
        account.id().value(),
        account.address().value(),
        account.settings().displayName(),
        account.agent().value(),
        agentName,
        account.organization(),
        Badge.of(state.status().word()),
        account.isPaused(),
        side(
            account.settings().smtp(),
            account.outboundEnabled(),
            Moment.ofNullable(account.smtpVerifiedAt()),
            state.smtp()),
        side(
            account.settings().imap(),
            account.inboundEnabled(),
            Moment.ofNullable(account.imapVerifiedAt()),
            state.imap()),
        account.settings().folder(),
        account.settings().pollInterval().toSeconds(),
        account.settings().idle(),
        afterwards(account.settings().inbound()),
        holder(state.holder()),
        watcher(state.watcher()),
        Moment.of(account.createdAt()));
  }

  private static SideView side(
      @Nullable ServerSettings server,
      boolean enabled,
      @Nullable Moment verifiedAt,
      AccountHealth health) {
    return new SideView(
        server == null
            ? null
            : server.host() + ":" + server.port() + " (" + word(server.security()) + ")",
        server == null ? null : word(server.auth()),
        server == null ? null : server.username(),
        server != null && server.secret() != null,
        enabled,
        verifiedAt,
        badge(server, enabled, verifiedAt, health),
        Moment.ofNullable(health.lastOkAt()),
        health.error(),
        Moment.ofNullable(health.errorAt()),
        health.failures(),
        Moment.ofNullable(health.backoffUntil()));
  }

  private static Badge badge(
      @Nullable ServerSettings server,
      boolean enabled,
      @Nullable Moment verifiedAt,
      AccountHealth health) {
    if (server == null) {
      return Badge.off("not set up");
    }
    if (!enabled) {
      return verifiedAt == null ? Badge.waiting("not tested") : Badge.off("disabled");
    }
    if (health.error() != null) {
      return Badge.bad("error");
    }
    return health.lastOkAt() == null ? Badge.good("enabled") : Badge.good("ok");
  }

  private static @Nullable HolderView holder(@Nullable Holder holder) {
    return holder == null ? null : new HolderView(holder.node(), Moment.of(holder.since()));
  }

  private static String afterwards(InboundOptions options) {
    AfterIngest after = options.afterIngest();
    if (after == null) {
      return "as the platform has it";
    }
    return switch (after) {
      case NONE -> "left as it is";
      case SEEN -> "marked read";
      case MOVE -> "moved to " + options.moveTo();
      case DELETE -> "deleted";
    };
  }

  private static @Nullable WatcherView watcher(@Nullable MailboxStatus status) {
    return status == null
        ? null
        : new WatcherView(
            word(status.state()).replace('_', ' '),
            Moment.ofNullable(status.due()),
            status.trouble());
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
