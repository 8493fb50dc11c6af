package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Locale;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountSettings;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.setup.ServerDraft;
import org.jspecify.annotations.Nullable;

/** The shapes of an account's servers. */
final class ServerJson {
  private ServerJson() {}

  /** An SMTP server as it is sent to us. */
  @Schema(name = "SmtpRequest")
  record Smtp(
      @Nullable String host,
      @Nullable Integer port,
      @Nullable @Schema(allowableValues = {"ssl", "starttls", "none"}) String security,
      @Nullable @Schema(allowableValues = {"none", "plain", "login"}) String auth,
      @Nullable String username,
      @Nullable @Schema(accessMode = Schema.AccessMode.WRITE_ONLY) String password) {

    static @Nullable Smtp of(@Nullable ServerSettings server) {
      return server == null
          ? null
          : new Smtp(
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
              word(server.security()),
              word(server.auth()),
              server.username(),
              null,
              settings.folder(),
              (int) settings.pollInterval().toSeconds(),
              settings.idle(),
              after(settings),
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

  /** An SMTP server as we tell it. */
  @Schema(name = "Smtp")
  record ShownSmtp(
      String host,
      int port,
      String security,
      String auth,
      @Nullable String username,
      boolean hasPassword,
      @Nullable Instant verifiedAt) {

    static @Nullable ShownSmtp of(Account account) {
      ServerSettings server = account.settings().smtp();
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
  }

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
      boolean idle,
      @Nullable String afterIngest,
      @Nullable String moveTo,
      @Nullable Instant backfillSince) {

    static @Nullable ShownImap of(Account account) {
      AccountSettings settings = account.settings();
      ServerSettings server = settings.imap();
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
              settings.folder(),
              settings.pollInterval().toSeconds(),
              settings.idle(),
              after(settings),
              settings.inbound().moveTo(),
              settings.inbound().backfillSince());
    }
  }

  private static @Nullable String after(AccountSettings settings) {
    AfterIngest after = settings.inbound().afterIngest();
    return after == null ? null : after.word();
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
