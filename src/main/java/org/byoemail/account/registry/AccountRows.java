package org.byoemail.account.registry;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.SqlTimestamps;
import org.jspecify.annotations.Nullable;

/** Maps {@link Account} to its row and back. */
final class AccountRows {
  static final String SELECT =
      """
      SELECT a.*, coalesce(a.named_address, e.address) AS address, g.organization FROM agent_email_account a
      JOIN endpoint e ON e.id = a.endpoint_id JOIN agent g ON g.id = a.agent_id
      """;

  private static final String ENABLED =
      "a.paused_at IS NULL AND a.needs_reauthorization_at IS NULL"
          + " AND (a.outbound_enabled OR a.inbound_enabled)";
  private static final String FAILING =
      """
      EXISTS (SELECT FROM account_health h WHERE h.account_id = a.id AND h.error IS NOT NULL
        AND (h.side = 'smtp' AND a.outbound_enabled OR h.side = 'imap' AND a.inbound_enabled))
      """;

  private AccountRows() {}

  /**
   * The condition that an account has the status, as {@link AccountLifecycle#status} derives it.
   */
  static String has(AccountStatus status) {
    return switch (status) {
      case PAUSED -> "a.paused_at IS NOT NULL";
      case NEEDS_REAUTHORIZATION ->
          "a.paused_at IS NULL AND a.needs_reauthorization_at IS NOT NULL";
      case DISABLED ->
          "a.paused_at IS NULL AND a.needs_reauthorization_at IS NULL"
              + " AND NOT (a.outbound_enabled OR a.inbound_enabled)";
      case ERROR -> ENABLED + " AND " + FAILING;
      case ACTIVE -> ENABLED + " AND NOT " + FAILING;
    };
  }

  static Map<String, @Nullable Object> parameters(AccountSettings settings) {
    Map<String, @Nullable Object> parameters = new HashMap<>();
    parameters.put("displayName", settings.displayName());
    parameters.put("folder", settings.folder());
    parameters.put("furtherFolders", settings.furtherFolders().toArray(String[]::new));
    parameters.put("pollInterval", (int) settings.pollInterval().toSeconds());
    parameters.put("idle", settings.idle());
    InboundOptions inbound = settings.inbound();
    AfterIngest after = inbound.afterIngest();
    parameters.put("afterIngest", after == null ? null : after.word());
    parameters.put("moveTo", inbound.moveTo());
    parameters.put("backfillSince", SqlTimestamps.parameter(inbound.backfillSince()));
    for (Protocol protocol : Protocol.values()) {
      ServerSettings server = settings.side(protocol);
      SealedSecret secret = server == null ? null : server.secret();
      parameters.put(protocol.word() + "Host", server == null ? null : server.host());
      parameters.put(protocol.word() + "Port", server == null ? null : server.port());
      parameters.put(
          protocol.word() + "Security", server == null ? null : server.security().word());
      parameters.put(protocol.word() + "Auth", server == null ? null : server.auth().word());
      parameters.put(protocol.word() + "Username", server == null ? null : server.username());
      parameters.put(protocol.word() + "Secret", secret == null ? null : secret.bytes());
    }
    return parameters;
  }

  static Account read(ResultSet row, int number) throws SQLException {
    return new Account(
        new AccountId(row.getObject("id", UUID.class)),
        new AgentId(row.getObject("agent_id", UUID.class)),
        new OrganizationId(row.getString("organization")),
        new EndpointId(row.getObject("endpoint_id", UUID.class)),
        new EmailAddress(row.getString("address")),
        new AccountSettings(
            row.getString("display_name"),
            server(row, Protocol.SMTP),
            server(row, Protocol.IMAP),
            folders(row),
            Duration.ofSeconds(row.getInt("poll_interval_seconds")),
            row.getBoolean("idle"),
            inbound(row)),
        SqlTimestamps.read(row, "smtp_verified_at"),
        SqlTimestamps.read(row, "imap_verified_at"),
        row.getBoolean("outbound_enabled"),
        row.getBoolean("inbound_enabled"),
        SqlTimestamps.read(row, "paused_at"),
        SqlTimestamps.read(row, "needs_reauthorization_at"),
        authserv(row),
        row.getLong("version"),
        row.getTimestamp("created_at").toInstant());
  }

  /** What was trusted for another IMAP host is not trusted for this one. */
  private static Account.@Nullable TrustedAuthserv authserv(ResultSet row) throws SQLException {
    String id = row.getString("authserv_id");
    return id == null || !row.getString("authserv_host").equals(row.getString("imap_host"))
        ? null
        : new Account.TrustedAuthserv(
            id,
            row.getString("authserv_source").equals("confirmed"),
            row.getTimestamp("authserv_at").toInstant());
  }

  private static List<String> folders(ResultSet row) throws SQLException {
    String first = row.getString("imap_folder");
    List<String> folders = new ArrayList<>(List.of(first));
    for (String further : (String[]) row.getArray("imap_further_folders").getArray()) {
      // A node that does not know this column may have made one of these the first.
      if (!AccountSettings.canonical(further).equals(AccountSettings.canonical(first))) {
        folders.add(further);
      }
    }
    return folders;
  }

  private static InboundOptions inbound(ResultSet row) throws SQLException {
    String after = row.getString("imap_after_ingest");
    return new InboundOptions(
        after == null ? null : AfterIngest.of(after),
        row.getString("imap_move_to"),
        SqlTimestamps.read(row, "imap_backfill_since"));
  }

  private static @Nullable ServerSettings server(ResultSet row, Protocol protocol)
      throws SQLException {
    String prefix = protocol.word() + "_";
    String host = row.getString(prefix + "host");
    if (host == null) {
      return null;
    }
    byte[] secret = row.getBytes(prefix + "secret");
    return new ServerSettings(
        host,
        row.getInt(prefix + "port"),
        ServerSettings.Security.valueOf(
            row.getString(prefix + "security").toUpperCase(Locale.ROOT)),
        ServerSettings.Auth.valueOf(row.getString(prefix + "auth").toUpperCase(Locale.ROOT)),
        row.getString(prefix + "username"),
        secret == null ? null : new SealedSecret(secret));
  }
}
