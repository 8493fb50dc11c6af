package org.byoemail.operations.setup;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.byoemail.account.registry.AccountSettings;
import org.byoemail.account.registry.ServerSettings;
import org.jspecify.annotations.Nullable;

/** The IMAP server of an account and how its mailbox is read, in requests and files. */
@Schema(name = "ImapRequest")
public record ImapFields(
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable String host,
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
            description = "what is done in the mailbox with ingested mail")
        String afterIngest,
    @Nullable @Schema(description = "the folder that mail is moved to") String moveTo,
    @Nullable @Schema(description = "older mail that arrived since this day is ingested, too")
        Instant backfillSince) {

  /**
   * Creates the fields without the password, which is never shown, and without the folders. Null
   * for none.
   */
  public static @Nullable ImapFields of(AccountSettings settings) {
    ServerSettings server = settings.imap();
    return server == null
        ? null
        : new ImapFields(
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
            settings.inbound().afterIngest() == null
                ? null
                : settings.inbound().afterIngest().word(),
            settings.inbound().moveTo(),
            settings.inbound().backfillSince());
  }

  /** A copy without the password. */
  public ImapFields withoutPassword() {
    return new ImapFields(
        host,
        port,
        security,
        auth,
        username,
        null,
        folder,
        folders,
        pollInterval,
        idle,
        afterIngest,
        moveTo,
        backfillSince);
  }

  /** A copy with all folders in one list. */
  public ImapFields withFolders(List<@Nullable String> all) {
    return new ImapFields(
        host,
        port,
        security,
        auth,
        username,
        password,
        null,
        all,
        pollInterval,
        idle,
        afterIngest,
        moveTo,
        backfillSince);
  }

  /** Converts the fields to a draft. */
  public ServerDraft draft() {
    return new ServerDraft(host, port, security, auth, username, password);
  }

  @Override
  public String toString() {
    return "Imap[" + host + "]";
  }
}
