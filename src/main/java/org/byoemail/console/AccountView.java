package org.byoemail.console;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealth;
import org.byoemail.account.registry.AccountSettings;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.account.registry.InboundOptions;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.inbound.mailbox.LeaseHolder;
import org.byoemail.inbound.mailbox.MailboxStatus;
import org.byoemail.operations.setup.AccountState;
import org.jspecify.annotations.Nullable;

/** An account on the pages. */
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
    List<FolderView> folders,
    long pollSeconds,
    boolean idle,
    String afterIngest,
    DisplayTime createdAt) {

  /**
   * One side.
   *
   * @param place host, port and security; null without settings
   */
  record SideView(
      @Nullable String place,
      @Nullable String auth,
      @Nullable String username,
      boolean hasPassword,
      boolean enabled,
      @Nullable DisplayTime verifiedAt,
      Badge badge,
      @Nullable DisplayTime lastOkAt,
      @Nullable String error,
      @Nullable DisplayTime errorAt,
      int failures,
      @Nullable DisplayTime backoffUntil) {}

  /**
   * A watched folder.
   *
   * @param holder null: no node watches it
   * @param watcher null unless this node does
   */
  record FolderView(
      String name,
      @Nullable HolderView holder,
      @Nullable WatcherView watcher,
      @Nullable String error) {}

  /** The node that watches the mailbox. */
  record HolderView(String node, DisplayTime since) {}

  /** The watcher on this node. */
  record WatcherView(String state, @Nullable DisplayTime due, @Nullable String trouble) {}

  static AccountView of(AccountState state, String agentName) {
    Account account = state.account();
    return new AccountView(
        account.id().value(),
        account.address().value(),
        account.settings().displayName(),
        account.agent().value(),
        agentName,
        account.organization().value(),
        Badge.of(state.status().word()),
        account.isPaused(),
        side(
            account.settings().smtp(),
            account.outboundEnabled(),
            DisplayTime.ofNullable(account.smtpVerifiedAt()),
            state.smtp()),
        side(
            account.settings().imap(),
            account.inboundEnabled(),
            DisplayTime.ofNullable(account.imapVerifiedAt()),
            state.imap()),
        folders(state),
        account.settings().pollInterval().toSeconds(),
        account.settings().idle(),
        afterIngest(account.settings().inbound()),
        DisplayTime.of(account.createdAt()));
  }

  private static SideView side(
      @Nullable ServerSettings server,
      boolean enabled,
      @Nullable DisplayTime verifiedAt,
      AccountHealth health) {
    return new SideView(
        server == null
            ? null
            : server.host() + ":" + server.port() + " (" + server.security().word() + ")",
        server == null ? null : server.auth().word(),
        server == null ? null : server.username(),
        server != null && server.secret() != null,
        enabled,
        verifiedAt,
        badge(server, enabled, verifiedAt, health),
        DisplayTime.ofNullable(health.lastOkAt()),
        health.error(),
        DisplayTime.ofNullable(health.errorAt()),
        health.failures(),
        DisplayTime.ofNullable(health.backoffUntil()));
  }

  private static Badge badge(
      @Nullable ServerSettings server,
      boolean enabled,
      @Nullable DisplayTime verifiedAt,
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

  /** Those without a mailbox are another account's at present. */
  private static List<FolderView> folders(AccountState state) {
    boolean several = state.account().settings().hasSeveralFolders();
    List<FolderView> folders = new ArrayList<>();
    for (String name : state.account().settings().folders()) {
      AccountState.Folder present =
          state.folders().stream()
              .filter(folder -> folder.watched().folder().equals(AccountSettings.canonical(name)))
              .findFirst()
              .orElse(null);
      folders.add(
          new FolderView(
              name,
              present == null ? null : holder(present.holder()),
              present == null ? null : watcher(present.watcher()),
              present == null || !several ? null : present.watched().error()));
    }
    return folders;
  }

  private static @Nullable HolderView holder(@Nullable LeaseHolder holder) {
    return holder == null ? null : new HolderView(holder.node(), DisplayTime.of(holder.since()));
  }

  private static String afterIngest(InboundOptions options) {
    AfterIngest after = options.afterIngest();
    if (after == null) {
      return "handled by the platform's default";
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
            status.state().word().replace('_', ' '),
            DisplayTime.ofNullable(status.due()),
            status.lastError());
  }
}
