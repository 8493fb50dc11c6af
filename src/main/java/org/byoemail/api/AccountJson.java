package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.byoemail.account.Account;
import org.byoemail.account.AccountHealth;
import org.byoemail.account.AccountSettings;
import org.byoemail.account.ServerSettings;
import org.byoemail.setup.AccountDraft;
import org.byoemail.setup.AccountState;
import org.byoemail.setup.ServerDraft;
import org.jspecify.annotations.Nullable;

/** The shapes of accounts. A password goes in and never comes out. */
final class AccountJson {
  private AccountJson() {}

  /** An SMTP server as it is sent to us. */
  @Schema(name = "SmtpRequest")
  record Smtp(
      @Nullable String host,
      @Nullable Integer port,
      @Nullable @Schema(allowableValues = {"ssl", "starttls", "none"}) String security,
      @Nullable @Schema(allowableValues = {"none", "plain", "login"}) String auth,
      @Nullable String username,
      @Nullable @Schema(accessMode = Schema.AccessMode.WRITE_ONLY) String password) {

    static Smtp of(ServerSettings server) {
      return new Smtp(
          server.host(),
          server.port(),
          word(server.security()),
          word(server.auth()),
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

  /** An IMAP server as it is sent to us. */
  @Schema(name = "ImapRequest")
  record Imap(
      @Nullable String host,
      @Nullable Integer port,
      @Nullable @Schema(allowableValues = {"ssl", "starttls", "none"}) String security,
      @Nullable @Schema(allowableValues = {"none", "plain", "login"}) String auth,
      @Nullable String username,
      @Nullable @Schema(accessMode = Schema.AccessMode.WRITE_ONLY) String password,
      @Nullable String folder,
      @Nullable @Schema(description = "seconds") Integer pollInterval,
      @Nullable Boolean idle) {

    ServerDraft draft() {
      return new ServerDraft(host, port, security, auth, username, password);
    }

    @Override
    public String toString() {
      return "Imap[" + host + "]";
    }
  }

  /** An account as it is sent to us. */
  @Schema(name = "AccountRequest")
  record Request(
      @Nullable @Schema(description = "the id of the agent") String agent,
      @Nullable String address,
      @Nullable String displayName,
      @Nullable Smtp smtp,
      @Nullable Imap imap,
      @Nullable Boolean outboundEnabled,
      @Nullable Boolean inboundEnabled) {

    static Request of(Account account) {
      AccountSettings settings = account.settings();
      return new Request(
          account.agent().toString(),
          account.address().value(),
          settings.displayName(),
          settings.smtp() == null ? null : Smtp.of(settings.smtp()),
          settings.imap() == null ? null : imap(settings.imap(), settings),
          account.outboundEnabled(),
          account.inboundEnabled());
    }

    private static Imap imap(ServerSettings server, AccountSettings settings) {
      return new Imap(
          server.host(),
          server.port(),
          word(server.security()),
          word(server.auth()),
          server.username(),
          null,
          settings.folder(),
          (int) settings.pollInterval().toSeconds(),
          settings.idle());
    }

    AccountDraft draft() {
      return new AccountDraft(
          displayName,
          smtp == null ? null : smtp.draft(),
          imap == null ? null : imap.draft(),
          imap == null ? null : imap.folder(),
          imap == null ? null : imap.pollInterval(),
          imap == null ? null : imap.idle());
    }
  }

  /** An SMTP server as we tell it. */
  @Schema(name = "Smtp")
  record ShownSmtp(
      String host,
      int port,
      String security,
      String auth,
      @Nullable String username,
      boolean hasPassword,
      @Nullable Instant verifiedAt) {}

  /** An IMAP server as we tell it. */
  @Schema(name = "Imap")
  record ShownImap(
      String host,
      int port,
      String security,
      String auth,
      @Nullable String username,
      boolean hasPassword,
      @Nullable Instant verifiedAt,
      String folder,
      @Schema(description = "seconds") long pollInterval,
      boolean idle) {}

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
      @Nullable ShownSmtp smtp,
      @Nullable ShownImap imap,
      boolean outboundEnabled,
      boolean inboundEnabled,
      @Schema(allowableValues = {"active", "disabled", "paused", "error"}) String status,
      Health health,
      Map<String, Object> limits,
      Instant createdAt) {

    static Shown of(AccountState state) {
      Account account = state.account();
      AccountSettings settings = account.settings();
      return new Shown(
          account.id().value(),
          account.agent().value(),
          account.organization(),
          account.endpoint(),
          account.address().value(),
          settings.displayName(),
          smtp(account, settings.smtp()),
          imap(account, settings.imap()),
          account.outboundEnabled(),
          account.inboundEnabled(),
          state.status().word(),
          new Health(SideHealth.of(state.smtp()), SideHealth.of(state.imap())),
          Map.of(),
          account.createdAt());
    }

    private static @Nullable ShownSmtp smtp(Account account, @Nullable ServerSettings server) {
      return server == null
          ? null
          : new ShownSmtp(
              server.host(),
              server.port(),
              word(server.security()),
              word(server.auth()),
              server.username(),
              server.secret() != null,
              account.smtpVerifiedAt());
    }

    private static @Nullable ShownImap imap(Account account, @Nullable ServerSettings server) {
      return server == null
          ? null
          : new ShownImap(
              server.host(),
              server.port(),
              word(server.security()),
              word(server.auth()),
              server.username(),
              server.secret() != null,
              account.imapVerifiedAt(),
              account.settings().folder(),
              account.settings().pollInterval().toSeconds(),
              account.settings().idle());
    }
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
