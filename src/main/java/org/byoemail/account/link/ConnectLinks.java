package org.byoemail.account.link;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.link.ConnectLink.Binding;
import org.byoemail.account.link.ConnectLink.Progress;
import org.byoemail.account.link.ConnectLink.Status;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.platform.access.PublicUrl;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The connect links. Every step of a link is one conditional statement, so that only one of several
 * concurrent requests, on any nodes, succeeds. Safe for use by many threads and nodes.
 */
@Repository("connectLinks")
public class ConnectLinks {
  /** How long a link may be valid. */
  public static final Duration MAX_VALIDITY = Duration.ofDays(7);

  /**
   * The most addresses looked up and sign-ins tried with one link, against guessing of passwords.
   */
  public static final int MAX_ATTEMPTS = 30;

  private static final Logger log = LoggerFactory.getLogger(ConnectLinks.class);
  private static final Duration UNUSED_KEPT = Duration.ofDays(30);
  private static final int FINGERPRINT_BYTES = 8;
  private static final String GATEWAY = "gateway";

  private static final String IS_OPEN =
      " used_at IS NULL AND revoked_at IS NULL AND expires_at > statement_timestamp() ";

  private static final String COLUMNS =
      """
      *, CASE WHEN used_at IS NOT NULL THEN 'USED' WHEN revoked_at IS NOT NULL THEN 'REVOKED'
        WHEN expires_at <= statement_timestamp() THEN 'EXPIRED' ELSE 'OPEN' END AS status,
      CASE WHEN browser_sha256 IS NULL THEN 'NONE' WHEN browser_sha256 = :browser::bytea THEN 'THIS'
        ELSE 'OTHER' END AS binding
      """;

  private final JdbcClient jdbc;
  private final ObjectMapper json;
  private final PublicUrl publicUrl;

  ConnectLinks(JdbcClient jdbc, ObjectMapper json, PublicUrl publicUrl) {
    this.jdbc = jdbc;
    this.json = json;
    this.publicUrl = publicUrl;
  }

  /**
   * Creates a link.
   *
   * @throws org.byoemail.platform.access.PublicUrlMissing if the gateway's address is not set
   */
  public NewConnectLink create(ConnectLinkTerms terms) {
    String token = LinkSecrets.next();
    String url = publicUrl.required("/connect/" + token);
    ConnectLink link =
        jdbc.sql(
                """
                INSERT INTO connect_link (id, token_sha256, organization, agent_id, mended_account_id,
                  address, sign_in, servers, return_url, state, created_by, created_at, expires_at)
                VALUES (:id, :token, :organization, :agent, :mended, :address, :signIn, :servers, :returnUrl,
                  :state, :createdBy, statement_timestamp(),
                  statement_timestamp() + make_interval(secs => :seconds))
                RETURNING
                """
                    + COLUMNS)
            .param("id", Ids.next())
            .param("token", LinkSecrets.sha256(token))
            .param("organization", terms.organization().value())
            .param("agent", terms.agent().value())
            .param("mended", terms.mended() == null ? null : terms.mended().value())
            .param("address", terms.address() == null ? null : terms.address().value())
            .param("signIn", terms.signIn().toArray(String[]::new))
            .param("servers", terms.anyServers() ? "any" : "discovered")
            .param("returnUrl", terms.returnUrl())
            .param("state", terms.state())
            .param("createdBy", terms.createdBy())
            .param("seconds", terms.expiresIn().toSeconds())
            .param("browser", null)
            .query(this::read)
            .single();
    return new NewConnectLink(link, url);
  }

  /**
   * Creates a link by which the owner of an account signs in again, for an event or an alarm of the
   * gateway itself; valid for {@link #MAX_VALIDITY}.
   *
   * @return its whole address, a secret; empty if the gateway's public address is not set
   */
  public Optional<String> mending(Account account) {
    if (!publicUrl.isSet()) {
      return Optional.empty();
    }
    ConnectLinkTerms terms =
        new ConnectLinkTerms(
            account.organization(),
            account.agent(),
            account.id(),
            account.address(),
            List.of(),
            false,
            null,
            null,
            GATEWAY,
            MAX_VALIDITY);
    return Optional.of(create(terms).url());
  }

  /**
   * The link with that token, whatever its status; the database compares hashes, so timing reveals
   * nothing about the token.
   *
   * @param browser the cookie of the browser that asks; null: it has none
   */
  public Optional<ConnectLink> find(String token, @Nullable String browser) {
    if (!LinkSecrets.isFormed(token)) {
      return Optional.empty(); // Not a token of a link.
    }
    return jdbc.sql("SELECT " + COLUMNS + " FROM connect_link WHERE token_sha256 = :token")
        .param("token", LinkSecrets.sha256(token))
        .param("browser", browser == null ? null : LinkSecrets.sha256(browser))
        .query(this::read)
        .optional();
  }

  /** The link of that id. */
  public Optional<ConnectLink> find(UUID id) {
    return jdbc.sql("SELECT " + COLUMNS + " FROM connect_link WHERE id = :id")
        .param("id", id)
        .param("browser", null)
        .query(this::read)
        .optional();
  }

  /**
   * Links, the newest first.
   *
   * @param organization null for all organisations
   * @param agent null for all agents
   * @param before the id to continue from, exclusive, null for the newest
   */
  public List<ConnectLink> list(
      @Nullable OrganizationId organization,
      @Nullable AgentId agent,
      @Nullable UUID before,
      int limit) {
    return jdbc.sql(
            "SELECT "
                + COLUMNS
                + " FROM connect_link WHERE (:organization::text IS NULL OR organization ="
                + " :organization) AND (:agent::uuid IS NULL OR agent_id = :agent) AND"
                + " (:before::uuid IS NULL OR id < :before) ORDER BY id DESC LIMIT :limit")
        .param("organization", OrganizationId.valueOrNull(organization))
        .param("agent", agent == null ? null : agent.value())
        .param("before", before)
        .param("limit", limit)
        .param("browser", null)
        .query(this::read)
        .list();
  }

  /** Withdraws a link at once; false if it was used or withdrawn before, or has expired. */
  public boolean revoke(UUID id) {
    return change(id, "revoked_at = statement_timestamp()").update() == 1;
  }

  /**
   * Binds a link to a browser.
   *
   * @return the secret of the browser's cookie; empty if another browser came first, or the link is
   *     not open
   */
  public Optional<String> bind(UUID id) {
    String browser = LinkSecrets.next();
    int bound =
        jdbc.sql(
                "UPDATE connect_link SET browser_sha256 = :browser, opened_at ="
                    + " statement_timestamp() WHERE id = :id AND browser_sha256 IS NULL AND"
                    + IS_OPEN)
            .param("id", id)
            .param("browser", LinkSecrets.sha256(browser))
            .update();
    return bound == 1 ? Optional.of(browser) : Optional.empty();
  }

  /** Counts an attempt; false if there were too many, or the link is not open. */
  public boolean attempt(UUID id) {
    return jdbc.sql(
                "UPDATE connect_link SET attempts = attempts + 1 WHERE id = :id AND attempts <"
                    + " :most AND"
                    + IS_OPEN)
            .param("id", id)
            .param("most", MAX_ATTEMPTS)
            .update()
        == 1;
  }

  /**
   * Records the address that the holder chose.
   *
   * @param address null: it is to be chosen again
   * @param proposal what was found out about it
   */
  public void choose(UUID id, @Nullable EmailAddress address, @Nullable MailboxProposal proposal) {
    change(id, "chosen_address = :address, proposal = :proposal::jsonb")
        .param("address", address == null ? null : address.value())
        .param("proposal", proposal == null ? null : json(proposal))
        .update();
  }

  /**
   * Records the account that the link has created, before it is in use: if enabling it fails, the
   * next attempt continues with it.
   *
   * @return the account that was recorded before; empty if none was
   * @throws ConnectLinkClosed if the link is not open
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Optional<AccountId> attach(UUID id, AccountId account) {
    Optional<ConnectLink> before =
        jdbc.sql("SELECT " + COLUMNS + " FROM connect_link WHERE id = :id FOR UPDATE")
            .param("id", id)
            .param("browser", null)
            .query(this::read)
            .optional();
    if (change(id, "account_id = :account").param("account", account.value()).update() == 0) {
      throw new ConnectLinkClosed();
    }
    return before.map(link -> link.progress().account());
  }

  /**
   * Uses the link up, in the transaction that enables its account, and schedules the notice to its
   * owner.
   *
   * @throws ConnectLinkClosed if it was used, withdrawn, or has expired meanwhile
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void use(UUID id, AccountId account) {
    int used =
        change(
                id,
                "used_at = statement_timestamp(), account_id = :account, notice_id = :notice,"
                    + " notice_due_at = statement_timestamp(), proposal = NULL")
            .param("account", account.value())
            // Random, so that it cannot be guessed from other ids.
            .param("notice", UUID.randomUUID())
            .update();
    if (used == 0) {
      throw new ConnectLinkClosed();
    }
  }

  /** Deletes links that ended unused long ago. Called by a route. */
  public void tidy() {
    int deleted =
        jdbc.sql(
                "DELETE FROM connect_link WHERE used_at IS NULL"
                    + " AND expires_at < statement_timestamp() - make_interval(secs => :kept)")
            .param("kept", UNUSED_KEPT.toSeconds())
            .update();
    log.debug("{} unused connect links deleted", deleted);
  }

  /** Identifies a token where the token itself must not appear: part of its hash. */
  public static String fingerprint(String token) {
    return HexFormat.of().formatHex(LinkSecrets.sha256(token), 0, FINGERPRINT_BYTES);
  }

  private JdbcClient.StatementSpec change(UUID id, String assignment) {
    return jdbc.sql("UPDATE connect_link SET " + assignment + " WHERE id = :id AND" + IS_OPEN)
        .param("id", id);
  }

  private String json(MailboxProposal proposal) {
    try {
      return json.writeValueAsString(proposal);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a proposal is always JSON", e);
    }
  }

  private static boolean anyServers(ResultSet row) throws SQLException {
    String servers = row.getString("servers");
    return servers == null ? row.getString("address") == null : servers.equals("any");
  }

  private ConnectLink read(ResultSet row, int number) throws SQLException {
    return new ConnectLink(
        row.getObject("id", UUID.class),
        new OrganizationId(row.getString("organization")),
        new AgentId(row.getObject("agent_id", UUID.class)),
        account(row, "mended_account_id"),
        address(row, "address"),
        List.of((String[]) row.getArray("sign_in").getArray()),
        anyServers(row),
        row.getString("return_url"),
        row.getString("state"),
        row.getString("created_by"),
        row.getTimestamp("created_at").toInstant(),
        row.getTimestamp("expires_at").toInstant(),
        Status.valueOf(row.getString("status")),
        new Progress(
            Binding.valueOf(row.getString("binding")),
            row.getInt("attempts"),
            SqlTimestamps.read(row, "opened_at"),
            address(row, "chosen_address"),
            proposal(row),
            account(row, "account_id"),
            SqlTimestamps.read(row, "used_at")));
  }

  private static @Nullable AccountId account(ResultSet row, String column) throws SQLException {
    UUID id = row.getObject(column, UUID.class);
    return id == null ? null : new AccountId(id);
  }

  private static @Nullable EmailAddress address(ResultSet row, String column) throws SQLException {
    String address = row.getString(column);
    return address == null ? null : new EmailAddress(address);
  }

  private @Nullable MailboxProposal proposal(ResultSet row) throws SQLException {
    String proposal = row.getString("proposal");
    try {
      return proposal == null ? null : json.readValue(proposal, MailboxProposal.class);
    } catch (JsonProcessingException e) {
      log.warn("a proposal of another version is ignored: {}", e.getOriginalMessage());
      return null;
    }
  }
}
