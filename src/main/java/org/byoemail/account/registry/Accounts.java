package org.byoemail.account.registry;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.byoemail.platform.audit.AuditLog;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The accounts. Every change raises the version and publishes {@link AccountChanged} inside its
 * transaction. Safe for use by many threads and nodes.
 */
@Repository
public class Accounts {
  private final JdbcClient jdbc;
  private final ApplicationEventPublisher publisher;
  private final Endpoints endpoints;
  private final AuditLog audit;

  Accounts(
      JdbcClient jdbc, ApplicationEventPublisher publisher, Endpoints endpoints, AuditLog audit) {
    this.audit = audit;
    this.endpoints = endpoints;
    this.jdbc = jdbc;
    this.publisher = publisher;
  }

  /**
   * Stores a new account, disabled on both sides until they are tested.
   *
   * @param id chosen by the caller, because secrets are sealed for it
   * @throws AccountExists if the endpoint already has an account
   */
  @Transactional
  public Account create(AccountId id, Endpoint endpoint, AccountSettings settings) {
    AgentId owner =
        Objects.requireNonNull(endpoint.owner(), "an account belongs to an agent's endpoint");
    int stored =
        jdbc.sql(
                """
                INSERT INTO agent_email_account (id, endpoint_id, agent_id, named_address, display_name,
                  smtp_host, smtp_port, smtp_security, smtp_auth, smtp_username, smtp_secret,
                  imap_host, imap_port, imap_security, imap_auth, imap_username, imap_secret,
                  imap_folder, imap_further_folders, poll_interval_seconds, idle, imap_after_ingest, imap_move_to,
                  imap_backfill_since, created_at, updated_at)
                VALUES (:id, :endpoint, :agent,
                  (SELECT :address FROM endpoint WHERE id = :endpoint AND address <> :address), :displayName,
                  :smtpHost, :smtpPort, :smtpSecurity, :smtpAuth, :smtpUsername, :smtpSecret,
                  :imapHost, :imapPort, :imapSecurity, :imapAuth, :imapUsername, :imapSecret,
                  :folder, :furtherFolders, :pollInterval, :idle, :afterIngest, :moveTo, :backfillSince, statement_timestamp(), statement_timestamp())
                ON CONFLICT (endpoint_id) DO NOTHING
                """)
            .param("id", id.value())
            .param("endpoint", endpoint.id().value())
            .param("agent", owner.value())
            .param("address", endpoint.address().value())
            .params(AccountRows.parameters(settings))
            .update();
    if (stored == 0) {
      throw new AccountExists(endpoint.address());
    }
    publisher.publishEvent(new AccountChanged(id));
    return find(id).orElseThrow();
  }

  /** Changes the settings. A side whose server settings differ is disabled and needs a new test. */
  @Transactional
  public Optional<Account> update(AccountId id, AccountSettings settings) {
    Optional<Account> before = find(id, " FOR UPDATE OF a");
    if (before.isEmpty()) {
      return before;
    }
    AccountSettings old = before.get().settings();
    jdbc.sql(
            """
            UPDATE agent_email_account SET display_name = :displayName,
              smtp_host = :smtpHost, smtp_port = :smtpPort, smtp_security = :smtpSecurity,
              smtp_auth = :smtpAuth, smtp_username = :smtpUsername, smtp_secret = :smtpSecret,
              imap_host = :imapHost, imap_port = :imapPort, imap_security = :imapSecurity,
              imap_auth = :imapAuth, imap_username = :imapUsername, imap_secret = :imapSecret,
              imap_folder = :folder, imap_further_folders = :furtherFolders, poll_interval_seconds = :pollInterval, idle = :idle,
              imap_after_ingest = :afterIngest, imap_move_to = :moveTo,
              imap_backfill_since = :backfillSince,
              smtp_verified_at = CASE WHEN :sameSmtp THEN smtp_verified_at END,
              outbound_enabled = outbound_enabled AND :sameSmtp,
              imap_verified_at = CASE WHEN :sameImap THEN imap_verified_at END,
              inbound_enabled = inbound_enabled AND :sameImap,
              version = version + 1, updated_at = statement_timestamp()
            WHERE id = :id
            """)
        .param("id", id.value())
        .params(AccountRows.parameters(settings))
        .param("sameSmtp", Objects.equals(old.smtp(), settings.smtp()))
        .param("sameImap", old.sameMailbox(settings))
        .update();
    return changed(id);
  }

  /**
   * The test of one side succeeded with the settings of that version; later ones need a new test.
   * The account now owns what it had merely claimed.
   */
  @Transactional
  public void verified(Account tested, Protocol protocol) {
    String column = protocol == Protocol.SMTP ? "smtp_verified_at" : "imap_verified_at";
    int proved =
        jdbc.sql(
                "UPDATE agent_email_account SET "
                    + column
                    + " = statement_timestamp() WHERE id = :id AND version = :version")
            .param("id", tested.id().value())
            .param("version", tested.version())
            .update();
    if (proved > 0) {
      endpoints.proved(tested.id());
      if (protocol == Protocol.IMAP) {
        publisher.publishEvent(new AccountChanged(tested.id()));
      }
    }
  }

  /** Revokes the proof of one side: it is disabled and needs a new test. */
  @Transactional
  public void disprove(AccountId id, Protocol protocol) {
    set(
        id,
        protocol == Protocol.SMTP
            ? "smtp_verified_at = NULL, outbound_enabled = false"
            : "imap_verified_at = NULL, inbound_enabled = false");
    changed(id, "account.test_revoked", Map.of("side", protocol.word()));
  }

  /**
   * Enables or disables one side.
   *
   * @throws StepRefused if the current settings have not passed their test
   */
  @Transactional
  public Optional<Account> enable(AccountId id, Protocol protocol, boolean enabled) {
    Optional<Account> account = find(id, " FOR UPDATE OF a");
    if (account.isEmpty()) {
      return account;
    }
    boolean smtp = protocol == Protocol.SMTP;
    if (enabled) {
      account.get().life().requireEnable(protocol);
    }
    set(id, (smtp ? "outbound_enabled" : "inbound_enabled") + " = " + enabled);
    return changed(id);
  }

  /**
   * Stops using the account until it is resumed; its mail waits.
   *
   * @throws StepRefused if it is paused
   */
  @Transactional
  public Optional<Account> pause(AccountId id) {
    Optional<Account> account = find(id, " FOR UPDATE OF a");
    if (account.isEmpty()) {
      return account;
    }
    account.get().life().requirePause();
    set(id, "paused_at = statement_timestamp()");
    return changed(id, "account.paused", Map.of());
  }

  /**
   * Uses a paused account again, and ends what it waits for: a backoff, or a limit.
   *
   * @throws StepRefused if it is neither paused nor waiting
   */
  @Transactional
  public Optional<Account> resume(AccountId id) {
    Optional<Account> account = find(id, " FOR UPDATE OF a");
    if (account.isEmpty()) {
      return account;
    }
    account.get().life().requireResume(isWaiting(id));
    if (account.get().isPaused()) {
      set(id, "paused_at = NULL");
    }
    publisher.publishEvent(new AccountResumed(id));
    return changed(id, "account.resumed", Map.of());
  }

  /**
   * Stops using the account until its owner has consented again; its mail waits.
   *
   * @return whether it was used until now
   */
  @Transactional
  public boolean needReauthorization(AccountId id) {
    int stopped =
        jdbc.sql(
                """
                UPDATE agent_email_account SET needs_reauthorization_at = statement_timestamp(),
                  version = version + 1, updated_at = statement_timestamp()
                WHERE id = :id AND needs_reauthorization_at IS NULL
                """)
            .param("id", id.value())
            .update();
    if (stopped > 0) {
      changed(id, "account.needs_reauthorization", Map.of());
    }
    return stopped > 0;
  }

  /** Its owner has consented: the account is used again, at once. */
  @Transactional
  public void reauthorized(AccountId id) {
    set(id, "needs_reauthorization_at = NULL");
    publisher.publishEvent(new AccountResumed(id));
    changed(id, "account.reauthorized", Map.of());
  }

  /**
   * Trusts the Authentication-Results with that authserv-id in mail of the account, as long as its
   * IMAP host stays the same.
   *
   * @param confirmed whether it was learnt and proved; otherwise a person has set it
   */
  @Transactional
  public Optional<Account> trustAuthserv(
      AccountId id, String host, String authservId, boolean confirmed) {
    String source = confirmed ? "confirmed" : "set";
    int trusted =
        jdbc.sql(
                """
            UPDATE agent_email_account SET authserv_id = :authserv, authserv_host = imap_host,
              authserv_source = :source, authserv_at = statement_timestamp(),
              version = version + 1, updated_at = statement_timestamp()
            WHERE id = :id AND imap_host = :host
            """)
            .param("authserv", authservId)
            .param("source", source)
            .param("id", id.value())
            .param("host", host)
            .update();
    if (trusted == 0) {
      return Optional.empty();
    }
    return changed(
        id, "account.authserv_id_trusted", Map.of("authservId", authservId, "source", source));
  }

  /**
   * Trusts no authserv-id any more.
   *
   * @param only the id that is not to be trusted; null: whichever is
   * @return empty if the account does not trust it, or does not exist
   */
  @Transactional
  public Optional<Account> distrustAuthserv(AccountId id, @Nullable String only, String reason) {
    Optional<String> trusted =
        jdbc.sql(
                """
                WITH old AS (SELECT id, authserv_id FROM agent_email_account WHERE id = :id FOR UPDATE)
                UPDATE agent_email_account a SET authserv_id = NULL, authserv_host = NULL,
                  authserv_source = NULL, authserv_at = NULL, version = version + 1,
                  updated_at = statement_timestamp()
                FROM old WHERE a.id = old.id AND old.authserv_id IS NOT NULL
                  AND old.authserv_id = coalesce(:only::text, old.authserv_id)
                RETURNING old.authserv_id
                """)
            .param("only", only)
            .param("id", id.value())
            .query(String.class)
            .optional();
    return trusted.flatMap(
        authservId ->
            changed(
                id,
                "account.authserv_id_distrusted",
                Map.of("authservId", authservId, "reason", reason)));
  }

  private boolean isWaiting(AccountId id) {
    return jdbc.sql(
            """
            SELECT EXISTS (SELECT 1 FROM account_health
                WHERE account_id = :id AND backoff_until > statement_timestamp())
              OR EXISTS (SELECT 1 FROM account_sending
                WHERE account_id = :id AND next_send_at > statement_timestamp())
            """)
        .param("id", id.value())
        .query(Boolean.class)
        .single();
  }

  /** Deletes the account with its secrets; messages, attempts and the endpoint stay. */
  @Transactional
  public boolean delete(AccountId id) {
    publisher.publishEvent(new AccountDeleted(id));
    publisher.publishEvent(new AccountChanged(id));
    return jdbc.sql("DELETE FROM agent_email_account WHERE id = :id")
            .param("id", id.value())
            .update()
        == 1;
  }

  /** Locks the account of that id until the end of the transaction. */
  @Transactional(propagation = Propagation.MANDATORY)
  public Optional<Account> lock(AccountId id) {
    return find(id, " FOR UPDATE OF a");
  }

  /** The account of that id. */
  public Optional<Account> find(AccountId id) {
    return find(id, "");
  }

  /** The account that an agent has for an address. */
  public Optional<Account> find(AgentId agent, EmailAddress address) {
    return jdbc.sql(
            AccountRows.SELECT
                + """
                 WHERE a.agent_id = :agent AND (a.named_address = :address
                   OR a.named_address IS NULL AND a.endpoint_id =
                     (SELECT id FROM endpoint WHERE channel = 'email' AND address = :address))
                """)
        .param("agent", agent.value())
        .param("address", address.value())
        .query(AccountRows::read)
        .optional();
  }

  /** The account through which mail of an endpoint is sent. */
  public Optional<Account> ofEndpoint(EndpointId endpoint) {
    return jdbc.sql(
            AccountRows.SELECT
                + " WHERE a.id = (SELECT account_id FROM endpoint_account WHERE endpoint_id ="
                + " :endpoint)")
        .param("endpoint", endpoint.value())
        .query(AccountRows::read)
        .optional();
  }

  /** The accounts of an agent. */
  public List<Account> ofAgent(AgentId agent) {
    return jdbc.sql(AccountRows.SELECT + " WHERE a.agent_id = :agent ORDER BY a.id")
        .param("agent", agent.value())
        .query(AccountRows::read)
        .list();
  }

  /** Which of the accounts receive mail at present. */
  public List<Account> receiving(Collection<AccountId> accounts) {
    if (accounts.isEmpty()) {
      return List.of();
    }
    return jdbc.sql(
            AccountRows.SELECT
                + " WHERE a.id = ANY(:accounts) AND a.inbound_enabled AND a.paused_at IS NULL"
                + " AND a.needs_reauthorization_at IS NULL"
                + " ORDER BY a.id")
        .param("accounts", accounts.stream().map(AccountId::value).toArray(UUID[]::new))
        .query(AccountRows::read)
        .list();
  }

  /**
   * Accounts in the order of their creation.
   *
   * @param organization null for all organisations
   * @param after the id to start after, null for the start
   */
  public List<Account> list(
      @Nullable OrganizationId organization, @Nullable UUID after, int limit) {
    return list(organization, null, after, limit);
  }

  /** As {@link #list(String, UUID, int)}, within a scope. */
  public List<Account> list(
      @Nullable OrganizationId organization,
      @Nullable Scope scope,
      @Nullable UUID after,
      int limit) {
    return jdbc.sql(
            AccountRows.SELECT
                + " WHERE (:organization::text IS NULL OR g.organization = :organization)"
                + " AND (:scope::uuid[] IS NULL OR a.id = ANY (:scope))"
                + " AND (:after::uuid IS NULL OR a.id > :after) ORDER BY a.id LIMIT :limit")
        .param("organization", OrganizationId.valueOrNull(organization))
        .param("scope", Scope.accounts(scope))
        .param("after", after)
        .param("limit", limit)
        .query(AccountRows::read)
        .list();
  }

  /** The accounts of a filter, by id. */
  public List<Account> list(AccountFilter filter) {
    AccountStatus status = filter.status();
    return jdbc.sql(
            AccountRows.SELECT
                + " WHERE (:after::uuid IS NULL OR a.id > :after)"
                + " AND (:organization::text IS NULL OR g.organization = :organization)"
                + " AND (:agent::uuid IS NULL OR a.agent_id = :agent)"
                + " AND (:address::text IS NULL"
                + " OR strpos(lower(coalesce(a.named_address, e.address)), lower(:address)) > 0)"
                + (status == null ? "" : " AND " + AccountRows.has(status))
                + " ORDER BY a.id LIMIT :limit")
        .param("after", filter.after())
        .param("organization", OrganizationId.valueOrNull(filter.organization()))
        .param("agent", filter.agent())
        .param("address", filter.address())
        .param("limit", filter.limit())
        .query(AccountRows::read)
        .list();
  }

  /** The accounts of these ids, in any order; deleted ones are left out. */
  public List<Account> find(Collection<AccountId> ids) {
    return jdbc.sql(AccountRows.SELECT + " WHERE a.id = ANY (:ids)")
        .param("ids", ids.stream().map(AccountId::value).distinct().toArray(UUID[]::new))
        .query(AccountRows::read)
        .list();
  }

  /** The current versions of accounts; deleted ones are left out. */
  public Map<AccountId, Long> versions(Collection<AccountId> ids) {
    Map<AccountId, Long> versions = new HashMap<>();
    jdbc.sql("SELECT id, version FROM agent_email_account WHERE id = ANY (:ids)")
        .param("ids", ids.stream().map(AccountId::value).toArray(UUID[]::new))
        .query(
            row -> {
              versions.put(new AccountId(row.getObject("id", UUID.class)), row.getLong("version"));
            });
    return versions;
  }

  private Optional<Account> find(AccountId id, String lock) {
    return jdbc.sql(AccountRows.SELECT + " WHERE a.id = :id" + lock)
        .param("id", id.value())
        .query(AccountRows::read)
        .optional();
  }

  private void set(AccountId id, String assignment) {
    jdbc.sql(
            "UPDATE agent_email_account SET "
                + assignment
                + ", version = version + 1, updated_at = statement_timestamp() WHERE id = :id")
        .param("id", id.value())
        .update();
  }

  private Optional<Account> changed(AccountId id, String action, Map<String, ?> details) {
    Optional<Account> account = changed(id);
    account.ifPresent(now -> audit.record(action, id.value(), now.organization(), details));
    return account;
  }

  private Optional<Account> changed(AccountId id) {
    publisher.publishEvent(new AccountChanged(id));
    return find(id);
  }
}
