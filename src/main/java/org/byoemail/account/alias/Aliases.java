package org.byoemail.account.alias;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.format.mail.StoredText;
import org.byoemail.platform.event.EventData;
import org.byoemail.platform.event.EventData.AliasProved;
import org.byoemail.platform.event.EventData.AliasRefused;
import org.byoemail.platform.event.Events;
import org.byoemail.platform.event.Events.NewEvent;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The aliases of accounts. Within an organisation an address belongs to one account, and across
 * organisations to the one that has proved it; what other organisations have is not disclosed. Safe
 * for use by many threads and nodes.
 */
@Repository
public class Aliases {
  /** The most aliases of one account. */
  public static final int MAX_ALIASES = 100;

  private static final int MAX_ERROR_LENGTH = 1000;

  /** A proof holds for the server and login that were probed; a probe that is late has failed. */
  private static final String SELECT =
      """
      SELECT l.account_id, l.kind, l.address, l.probed_at, l.proved_at, l.seen_from,
        CASE WHEN l.state = 'proved' AND (l.smtp_host IS DISTINCT FROM a.smtp_host
            OR l.smtp_username IS DISTINCT FROM a.smtp_username) THEN 'unproved'
          WHEN l.state = 'probing' AND l.probed_at < statement_timestamp() - interval '15 minutes' THEN 'failed'
          ELSE l.state END AS state,
        CASE WHEN l.state = 'probing' AND l.probed_at < statement_timestamp() - interval '15 minutes'
          THEN 'the probe did not arrive within 15 minutes' ELSE l.error END AS error
      FROM account_alias l JOIN agent_email_account a ON a.id = l.account_id
      """;

  private final JdbcClient jdbc;
  private final CatchAlls catchAlls;
  private final Events events;

  Aliases(JdbcClient jdbc, CatchAlls catchAlls, Events events) {
    this.jdbc = jdbc;
    this.catchAlls = catchAlls;
    this.events = events;
  }

  /** The aliases of one kind of an account, ordered by address. */
  public List<Alias> of(AccountId account, AliasKind kind) {
    return all(account).stream().filter(alias -> alias.kind() == kind).toList();
  }

  /** The current addresses for which an account receives mail. */
  public AccountAddresses addresses(Account account) {
    List<Alias> all = all(account.id());
    Set<EmailAddress> single = new HashSet<>();
    boolean plus = false;
    boolean domains = false;
    for (Alias alias : all) {
      switch (alias.kind()) {
        case ADDRESS -> single.add(alias.address());
        case PLUS -> plus = true;
        case DOMAIN -> domains = true;
      }
    }
    return new AccountAddresses(
        account,
        single,
        plus,
        domains
            ? catchAlls.of(account.id()).stream().filter(one -> one.proof() != null).toList()
            : List.of());
  }

  private List<Alias> all(AccountId account) {
    return jdbc.sql(SELECT + " WHERE l.account_id = :account ORDER BY l.address")
        .param("account", account.value())
        .query(Aliases::read)
        .list();
  }

  /** The aliases that the account may send from. */
  public Set<EmailAddress> proved(AccountId account) {
    Set<EmailAddress> proved = new HashSet<>();
    of(account, AliasKind.ADDRESS).stream()
        .filter(alias -> alias.state() == AliasState.PROVED)
        .forEach(alias -> proved.add(alias.address()));
    return proved;
  }

  /**
   * Sets the aliases of one kind of an account, in the caller's transaction; existing aliases keep
   * their state.
   *
   * @throws AliasConflict if another account of the organisation has one of these addresses
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void set(Account account, AliasKind kind, Collection<EmailAddress> addresses) {
    String[] values =
        addresses.stream().map(EmailAddress::value).sorted().distinct().toArray(String[]::new);
    jdbc.sql(
            "DELETE FROM account_alias"
                + " WHERE account_id = :account AND kind = :kind AND NOT address = ANY(:addresses)")
        .param("account", account.id().value())
        .param("kind", kind.word())
        .param("addresses", values)
        .update();
    for (String address : values) {
      add(account, kind, address);
    }
  }

  private void add(Account account, AliasKind kind, String address) {
    lock(address);
    boolean taken =
        jdbc.sql(
                """
                SELECT EXISTS (
                  SELECT 1 FROM agent_email_account a JOIN agent g ON g.id = a.agent_id
                    JOIN endpoint e ON e.id = a.endpoint_id
                  WHERE g.organization = :organization AND coalesce(a.named_address, e.address) = :address
                  UNION ALL
                  SELECT 1 FROM account_alias WHERE organization = :organization AND address = :address
                    AND account_id <> :account)
                """)
            .param("organization", account.organization().value())
            .param("address", address)
            .param("account", account.id().value())
            .query(Boolean.class)
            .single();
    if (taken) {
      throw taken(address);
    }
    try {
      jdbc.sql(
              """
              INSERT INTO account_alias (account_id, organization, kind, address, created_at)
              VALUES (:account, :organization, :kind, :address, statement_timestamp())
              ON CONFLICT (account_id, address) DO NOTHING
              """)
          .param("account", account.id().value())
          .param("organization", account.organization().value())
          .param("kind", kind.word())
          .param("address", address)
          .update();
    } catch (DuplicateKeyException e) {
      // Another account has added it meanwhile.
      throw taken(address);
    }
  }

  private static AliasConflict taken(String address) {
    return new AliasConflict(
        (address.startsWith("*@") ? "the domain " + address.substring(2) : "the address " + address)
            + " belongs to another account: remove it there first");
  }

  /**
   * Returns what an alias of an account matches.
   *
   * @throws AliasConflict if the account has no such alias
   */
  AliasKind kind(Account account, EmailAddress alias) {
    return jdbc.sql(
            "SELECT kind FROM account_alias WHERE account_id = :account AND address = :alias")
        .param("account", account.id().value())
        .param("alias", alias.value())
        .query(String.class)
        .optional()
        .map(AliasKind::of)
        .orElseThrow(() -> new AliasConflict("the account has no alias " + alias.value()));
  }

  /** Records that a probe is about to be sent from the address. */
  @Transactional
  public void begin(Account account, EmailAddress alias, ProbeToken token, EmailAddress from) {
    int begun =
        jdbc.sql(
                """
                UPDATE account_alias SET state = 'probing', token_sha256 = :token,
                  probed_at = statement_timestamp(), proved_at = NULL, seen_from = NULL, error = NULL,
                  smtp_host = :host, smtp_username = :username
                WHERE account_id = :account AND address = :address
                  AND (state = 'failed' OR probed_at IS NULL
                    OR probed_at < statement_timestamp() - interval '1 minute')
                """)
            .param("token", token.sha256())
            .param(
                "host", account.settings().smtp() == null ? null : account.settings().smtp().host())
            .param(
                "username",
                account.settings().smtp() == null ? null : account.settings().smtp().username())
            .param("account", account.id().value())
            .param("address", alias.value())
            .update();
    if (begun == 0) {
      throw new AliasConflict(
          "a probe of " + alias.value() + " was sent within the last minute: wait for it");
    }
    jdbc.sql(
            """
            DELETE FROM alias_probe
            WHERE account_id = :account AND sent_at < statement_timestamp() - interval '90 days'
            """)
        .param("account", account.id().value())
        .update();
    jdbc.sql(
            """
            INSERT INTO alias_probe (token_sha256, account_id, address, sent_from, sent_at)
            VALUES (:token, :account, :address, :from, statement_timestamp())
            """)
        .param("token", token.sha256())
        .param("account", account.id().value())
        .param("address", alias.value())
        .param("from", from.value())
        .update();
  }

  /** A probe could not be sent. */
  @Transactional
  public void failed(Account account, EmailAddress alias, ProbeToken token, String error) {
    String kept = StoredText.of(error, MAX_ERROR_LENGTH);
    jdbc.sql(
            """
            UPDATE account_alias SET state = 'failed', error = :error
            WHERE account_id = :account AND address = :address AND token_sha256 = :token AND state = 'probing'
            RETURNING kind
            """)
        .param("error", kept)
        .param("account", account.id().value())
        .param("address", alias.value())
        .param("token", token.sha256())
        .query(String.class)
        .optional()
        .ifPresent(
            kind ->
                record(
                    account,
                    new AliasRefused(alias.value(), kind, AliasState.FAILED.word(), null, kept)));
  }

  private void record(Account account, EventData data) {
    events.record(new NewEvent(account.organization(), null, account.id().value(), data));
  }

  /** Whether a mail of that subject is a probe of the account, however old. */
  public boolean isProbe(AccountId account, String subject) {
    return ProbeToken.in(subject)
        .filter(
            token ->
                jdbc.sql(
                        """
                        SELECT EXISTS (SELECT 1 FROM alias_probe
                          WHERE account_id = :account AND token_sha256 = :token)
                        """)
                    .param("account", account.value())
                    .param("token", token.sha256())
                    .query(Boolean.class)
                    .single())
        .isPresent();
  }

  /** The latest probe of an alias. */
  private record Latest(EmailAddress alias, AliasKind kind, EmailAddress sentFrom) {
    private static Latest read(ResultSet row, int number) throws SQLException {
      return new Latest(
          new EmailAddress(row.getString("address")),
          AliasKind.of(row.getString("kind")),
          new EmailAddress(row.getString("sent_from")));
    }
  }

  /**
   * A probe has arrived, in the transaction that records it. The latest one of an alias proves it,
   * unless From was rewritten, or another organisation has the address. A probe of a domain also
   * proves the domain.
   *
   * @param from the address in its From; null if it has none
   * @param delivered whether a mail server delivered it; otherwise it is a stored copy of the sent
   *     mail
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void arrived(
      Account account, String subject, @Nullable EmailAddress from, boolean delivered) {
    Optional<Latest> latest =
        ProbeToken.in(subject)
            .flatMap(
                token ->
                    jdbc.sql(
                            """
                            SELECT l.address, l.kind, coalesce(p.sent_from, p.address) AS sent_from
                            FROM account_alias l JOIN alias_probe p USING (account_id, token_sha256)
                            WHERE l.account_id = :account AND l.token_sha256 = :token
                              AND l.state IN ('probing', 'failed')
                            """)
                        .param("account", account.id().value())
                        .param("token", token.sha256())
                        .query(Latest::read)
                        .optional());
    latest.ifPresent(probe -> arrived(account, probe, from, delivered));
  }

  private void arrived(
      Account account, Latest probe, @Nullable EmailAddress from, boolean delivered) {
    lock(probe.alias().value());
    boolean unchanged = probe.sentFrom().equals(from);
    // A report about the probe has another author.
    boolean returned = unchanged || account.address().equals(from);
    if (probe.kind() == AliasKind.DOMAIN && delivered && returned) {
      catchAlls.prove(account, probe.alias().domain(), DomainProof.ROUND_TRIP);
    }
    if (!unchanged) {
      settle(account, probe, AliasState.REWRITTEN, from == null ? "" : from.value(), null);
    } else if (isOfAnotherOrganization(account.id(), probe.alias())) {
      settle(account, probe, AliasState.FAILED, null, CatchAlls.UNAVAILABLE);
    } else {
      settle(account, probe, AliasState.PROVED, null, null);
    }
  }

  /** As for the address of an account: an address is taken by one of both only. */
  private void lock(String address) {
    jdbc.sql("SELECT 1 FROM pg_advisory_xact_lock(hashtextextended('address ' || :address, 0))")
        .param("address", address)
        .query(Integer.class)
        .single();
  }

  private void settle(
      Account account,
      Latest probe,
      AliasState state,
      @Nullable String seenFrom,
      @Nullable String error) {
    String seen = seenFrom == null ? null : StoredText.of(seenFrom, MAX_ERROR_LENGTH);
    jdbc.sql(
            """
            UPDATE account_alias SET state = :state, seen_from = :seenFrom, error = :error,
              proved_at = CASE WHEN :state = 'proved' THEN statement_timestamp() END
            WHERE account_id = :account AND address = :address
            """)
        .param("state", state.word())
        .param("seenFrom", seen)
        .param("error", error)
        .param("account", account.id().value())
        .param("address", probe.alias().value())
        .update();
    String alias = probe.alias().value();
    String kind = probe.kind().word();
    record(
        account,
        state == AliasState.PROVED
            ? new AliasProved(alias, kind)
            : new AliasRefused(alias, kind, state.word(), seen, error));
  }

  private boolean isOfAnotherOrganization(AccountId account, EmailAddress alias) {
    return jdbc.sql(
            """
            SELECT EXISTS (
              SELECT 1 FROM endpoint e JOIN agent_email_account a ON a.endpoint_id = e.id
                JOIN agent g ON g.id = a.agent_id
              WHERE e.channel = 'email' AND e.address = :address AND g.organization <> own.organization
                AND (a.smtp_verified_at IS NOT NULL OR a.imap_verified_at IS NOT NULL)
              UNION ALL
              SELECT 1 FROM account_alias l JOIN agent_email_account a ON a.id = l.account_id
              WHERE l.address = :address AND l.state = 'proved' AND l.organization <> own.organization
                AND l.smtp_host = a.smtp_host AND l.smtp_username IS NOT DISTINCT FROM a.smtp_username
              UNION ALL
              SELECT 1 FROM catch_all c WHERE c.domain = :domain AND c.proof = 'dns'
                AND c.organization <> own.organization)
            FROM account_alias own WHERE own.account_id = :account AND own.address = :address
            """)
        .param("address", alias.value())
        .param("domain", alias.domain())
        .param("account", account.value())
        .query(Boolean.class)
        .optional()
        .orElse(false);
  }

  private static Alias read(ResultSet row, int number) throws SQLException {
    return new Alias(
        new AccountId(row.getObject("account_id", UUID.class)),
        AliasKind.of(row.getString("kind")),
        new EmailAddress(row.getString("address")),
        AliasState.of(row.getString("state")),
        SqlTimestamps.read(row, "probed_at"),
        SqlTimestamps.read(row, "proved_at"),
        row.getString("seen_from"),
        row.getString("error"));
  }
}
