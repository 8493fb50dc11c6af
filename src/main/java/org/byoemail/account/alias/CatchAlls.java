package org.byoemail.account.alias;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Endpoints;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.format.mail.Tokens;
import org.byoemail.platform.event.EventData;
import org.byoemail.platform.event.EventData.DomainLost;
import org.byoemail.platform.event.EventData.DomainProved;
import org.byoemail.platform.event.Events;
import org.byoemail.platform.event.Events.NewEvent;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The catch-all domains of accounts with their rules. Within an organisation a domain belongs to
 * one account; across organisations it belongs to the one that has proved it. A proof by DNS
 * outweighs a round trip, which a tenant's own mail server can fake. Nothing is cached: all nodes
 * apply a change to their next batch of mail. Safe for use by many threads and nodes.
 */
@Repository
public class CatchAlls {
  /** The maximum number of catch-all domains of an account. */
  public static final int MAX_DOMAINS = 10;

  /** The maximum number of rules of a domain. */
  public static final int MAX_RULES = 200;

  static final String UNAVAILABLE =
      "this address cannot be used at present: ask the operator of this platform";
  private static final String LOST = "this domain was proved by somebody else by its DNS since";
  private static final String GONE =
      "the TXT record that proved this domain is missing: put it back and prove the domain again";
  private static final int TOKEN_BYTES = 16;

  /** A round trip is valid only for the mailbox in which the probe arrived. */
  private static final String SELECT =
      """
      SELECT c.account_id, c.organization, c.domain, c.unmatched, c.dns_token, c.error,
        CASE WHEN c.proof = 'round_trip' AND (c.imap_host IS DISTINCT FROM a.imap_host
          OR c.imap_username IS DISTINCT FROM a.imap_username) THEN NULL ELSE c.proof END AS proof,
        c.proved_at
      FROM catch_all c JOIN agent_email_account a ON a.id = c.account_id
      """;

  private final JdbcClient jdbc;
  private final Endpoints endpoints;
  private final Events events;

  CatchAlls(JdbcClient jdbc, Endpoints endpoints, Events events) {
    this.jdbc = jdbc;
    this.endpoints = endpoints;
    this.events = events;
  }

  /**
   * The desired state of a domain.
   *
   * @param rules the agent for each pattern
   */
  public record NewRule(
      String domain, boolean refuseUnmatched, Map<CatchAllRule.Pattern, AgentId> rules) {
    public NewRule {
      rules = Map.copyOf(rules);
    }
  }

  /** The catch-all domains of an account, in order. */
  public List<CatchAll> of(AccountId account) {
    return with(
        SELECT + "WHERE c.account_id = ANY(:keys) ORDER BY c.domain", new UUID[] {account.value()});
  }

  /** The proved catch-all domains with these names, of any account. */
  List<CatchAll> proved(Collection<String> domains) {
    return with(SELECT + "WHERE c.domain = ANY(:keys)", domains.toArray(String[]::new)).stream()
        .filter(one -> one.proof() != null)
        .toList();
  }

  private record Domain(UUID account, String name) {}

  /**
   * @param keys of UUIDs or texts, as the statement wants them
   */
  private List<CatchAll> with(String select, Object[] keys) {
    List<CatchAll> found = jdbc.sql(select).param("keys", keys).query(CatchAlls::read).list();
    if (found.isEmpty()) {
      return List.of();
    }
    Map<Domain, List<CatchAllRule>> rules = new HashMap<>();
    jdbc.sql(
            "SELECT * FROM catch_all_rule WHERE account_id = ANY(:accounts) ORDER BY literal,"
                + " prefix")
        .param(
            "accounts",
            found.stream().map(one -> one.account().value()).distinct().toArray(UUID[]::new))
        .query(
            row -> {
              rules
                  .computeIfAbsent(
                      new Domain(row.getObject("account_id", UUID.class), row.getString("domain")),
                      any -> new ArrayList<>())
                  .add(
                      new CatchAllRule(
                          row.getString("literal"),
                          row.getBoolean("prefix"),
                          new AgentId(row.getObject("agent_id", UUID.class)),
                          new EndpointId(row.getObject("endpoint_id", UUID.class))));
            });
    return found.stream()
        .map(
            one ->
                withRules(
                    one,
                    rules.getOrDefault(new Domain(one.account().value(), one.domain()), List.of())))
        .toList();
  }

  private static CatchAll withRules(CatchAll one, List<CatchAllRule> rules) {
    return new CatchAll(
        one.account(),
        one.organization(),
        one.domain(),
        one.refuseUnmatched(),
        one.dnsToken(),
        one.proof(),
        one.provedAt(),
        one.error(),
        rules);
  }

  /**
   * Sets the catch-all domains of an account, in the caller's transaction. Existing domains keep
   * their proofs.
   *
   * @throws AliasConflict if another account of the organisation has one of these domains
   * @throws org.byoemail.account.registry.EndpointTaken if a rule names an address of another agent
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void set(Account account, List<NewRule> domains) {
    jdbc.sql("DELETE FROM catch_all WHERE account_id = :account AND NOT domain = ANY(:domains)")
        .param("account", account.id().value())
        .param("domains", domains.stream().map(NewRule::domain).toArray(String[]::new))
        .update();
    jdbc.sql("DELETE FROM catch_all_rule WHERE account_id = :account")
        .param("account", account.id().value())
        .update();
    List<EndpointId> used = new ArrayList<>();
    for (NewRule wanted : domains) {
      store(account, wanted);
      wanted.rules().forEach((pattern, agent) -> used.add(store(account, wanted, pattern, agent)));
    }
    endpoints.release(account.id(), used);
  }

  private void store(Account account, NewRule wanted) {
    try {
      jdbc.sql(
              """
              INSERT INTO catch_all (account_id, organization, domain, unmatched, dns_token, created_at)
              VALUES (:account, :organization, :domain, :unmatched, :token, statement_timestamp())
              ON CONFLICT (account_id, domain) DO UPDATE SET unmatched = excluded.unmatched
              """)
          .param("account", account.id().value())
          .param("organization", account.organization().value())
          .param("domain", wanted.domain())
          .param("unmatched", wanted.refuseUnmatched() ? "refuse" : "account")
          .param("token", Tokens.hex(TOKEN_BYTES))
          .update();
    } catch (DuplicateKeyException e) {
      throw new AliasConflict(
          "the domain " + wanted.domain() + " belongs to another account: remove it there first");
    }
  }

  private EndpointId store(
      Account account, NewRule wanted, CatchAllRule.Pattern pattern, AgentId agent) {
    EndpointId endpoint =
        endpoints
            .through(account.id(), agent, new EmailAddress(pattern + "@" + wanted.domain()))
            .id();
    jdbc.sql(
            """
            INSERT INTO catch_all_rule (account_id, domain, literal, prefix, agent_id, endpoint_id)
            VALUES (:account, :domain, :literal, :prefix, :agent, :endpoint)
            """)
        .param("account", account.id().value())
        .param("domain", wanted.domain())
        .param("literal", pattern.literal())
        .param("prefix", pattern.prefix())
        .param("agent", agent.value())
        .param("endpoint", endpoint.value())
        .update();
    return endpoint;
  }

  /**
   * Decides on a TXT record that was looked up: the domain is the account's if one text is its
   * token, unless the token of the organisation that proved the domain by DNS before is still there
   * too.
   */
  @Transactional
  public void provedByDns(Account account, CatchAll domain, Collection<String> texts) {
    lock(domain.domain());
    Optional<CatchAll> holder =
        proved(List.of(domain.domain())).stream()
            .filter(one -> !one.account().equals(account.id()))
            .findFirst();
    boolean isHeld =
        holder
            .filter(one -> one.proof() == DomainProof.DNS && texts.contains(one.recordText()))
            .isPresent();
    if (!texts.contains(domain.recordText())) {
      fail(account, domain.domain(), "no TXT record " + domain.recordName() + " has this text");
    } else if (isHeld) {
      fail(account, domain.domain(), UNAVAILABLE);
    } else {
      prove(account, domain.domain(), DomainProof.DNS);
    }
  }

  /** Records that the TXT record of a domain could not be looked up. */
  @Transactional
  public void lookupFailed(Account account, CatchAll domain, String error) {
    fail(account, domain.domain(), error);
  }

  /**
   * Records that a domain was proved, in the caller's transaction. Any other proof outweighs a
   * round trip; no proof outweighs DNS.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void prove(Account account, String domain, DomainProof proof) {
    lock(domain);
    for (CatchAll other : proved(List.of(domain))) {
      boolean own = other.account().equals(account.id());
      if (own && other.proof() == DomainProof.DNS && proof == DomainProof.ROUND_TRIP) {
        return;
      }
      if (!own && proof == DomainProof.ROUND_TRIP) {
        fail(account, domain, UNAVAILABLE);
        return;
      }
    }
    dropOthers(account, domain);
    int proved =
        jdbc.sql(
                """
                UPDATE catch_all SET proof = :proof, proved_at = statement_timestamp(), error = NULL,
                  checked_at = statement_timestamp(), missing_since = NULL, imap_host = :host, imap_username = :username
                WHERE account_id = :account AND domain = :domain
                """)
            .param("proof", proof.word())
            .param(
                "host", account.settings().imap() == null ? null : account.settings().imap().host())
            .param(
                "username",
                account.settings().imap() == null ? null : account.settings().imap().username())
            .param("account", account.id().value())
            .param("domain", domain)
            .update();
    if (proved > 0) {
      record(account.organization(), account.id(), new DomainProved(domain, proof.word()));
    }
  }

  /** Includes the proof of a mailbox that its account no longer uses, which is no longer valid. */
  private void dropOthers(Account account, String domain) {
    jdbc.sql(
            """
            UPDATE catch_all SET proof = NULL, proved_at = NULL, missing_since = NULL, error = :error
            WHERE domain = :domain AND account_id <> :account AND proof IS NOT NULL
            RETURNING account_id, organization
            """)
        .param("error", LOST)
        .param("domain", domain)
        .param("account", account.id().value())
        .query(
            (row, number) ->
                Map.entry(
                    new OrganizationId(row.getString("organization")),
                    new AccountId(row.getObject("account_id", UUID.class))))
        .list()
        .forEach(lost -> record(lost.getKey(), lost.getValue(), new DomainLost(domain, LOST)));
  }

  /**
   * Takes domains whose proof by DNS has to be looked up again: those that were not for that long,
   * and those whose record is missing after a quarter of it at most. Each is taken by one node.
   */
  @Transactional
  public List<CatchAll> takeUnchecked(Duration interval, int limit) {
    List<Domain> taken =
        jdbc.sql(
                """
                UPDATE catch_all SET checked_at = statement_timestamp()
                WHERE (account_id, domain) IN (SELECT account_id, domain FROM catch_all
                  WHERE proof = 'dns' AND (checked_at IS NULL OR checked_at < statement_timestamp()
                    - :millis * interval '1 millisecond'
                      / CASE WHEN missing_since IS NULL THEN 1 ELSE 4 END)
                  ORDER BY checked_at NULLS FIRST LIMIT :limit FOR UPDATE SKIP LOCKED)
                RETURNING account_id, domain
                """)
            .param("millis", interval.toMillis())
            .param("limit", limit)
            .query(
                (row, number) ->
                    new Domain(row.getObject("account_id", UUID.class), row.getString("domain")))
            .list();
    return proved(taken.stream().map(Domain::name).toList()).stream()
        .filter(one -> taken.contains(new Domain(one.account().value(), one.domain())))
        .toList();
  }

  /**
   * Records what the name of a TXT record says now. If the record is missing for longer than the
   * grace period, the domain is no longer proved.
   *
   * @return the state of the proof
   */
  @Transactional
  public Recheck rechecked(CatchAll domain, Collection<String> texts, Duration grace) {
    lock(domain.domain());
    boolean present = texts.contains(domain.recordText());
    String missing =
        "the TXT record "
            + domain.recordName()
            + " is missing: put it back, or the domain is lost "
            + Math.max(1, grace.toHours())
            + " hours after it was first missed";
    Boolean over =
        jdbc.sql(
                """
                UPDATE catch_all SET
                  missing_since = CASE WHEN NOT :present
                    THEN coalesce(missing_since, statement_timestamp()) END,
                  error = CASE WHEN NOT :present THEN :missing
                    WHEN missing_since IS NOT NULL THEN NULL ELSE error END
                WHERE account_id = :account AND domain = :domain AND proof = 'dns'
                RETURNING missing_since IS NOT NULL AND missing_since
                  < statement_timestamp() - :millis * interval '1 millisecond'
                """)
            .param("present", present)
            .param("missing", missing)
            .param("account", domain.account().value())
            .param("domain", domain.domain())
            .param("millis", grace.toMillis())
            .query(Boolean.class)
            .optional()
            .orElse(null);
    if (over == null || present) {
      return Recheck.PROVED;
    }
    if (!over) {
      return Recheck.MISSING;
    }
    jdbc.sql(
            """
            UPDATE catch_all SET proof = NULL, proved_at = NULL, missing_since = NULL, error = :error
            WHERE account_id = :account AND domain = :domain
            """)
        .param("error", GONE)
        .param("account", domain.account().value())
        .param("domain", domain.domain())
        .update();
    record(domain.organization(), domain.account(), new DomainLost(domain.domain(), GONE));
    return Recheck.LOST;
  }

  /** The proof of a domain after its TXT record was looked up again. */
  public enum Recheck {
    /** The record is there. */
    PROVED,
    /** The record is missing; the domain remains proved for the grace period. */
    MISSING,
    /** The grace period is over. */
    LOST
  }

  /** An earlier proof remains valid. */
  private void fail(Account account, String domain, String error) {
    jdbc.sql("UPDATE catch_all SET error = :error WHERE account_id = :account AND domain = :domain")
        .param("error", error)
        .param("account", account.id().value())
        .param("domain", domain)
        .update();
  }

  private void record(OrganizationId organization, AccountId account, EventData data) {
    events.record(new NewEvent(organization, null, account.value(), data));
  }

  private void lock(String domain) {
    jdbc.sql("SELECT 1 FROM pg_advisory_xact_lock(hashtextextended('address ' || :domain, 0))")
        .param("domain", CatchAll.alias(domain).value())
        .query(Integer.class)
        .single();
  }

  private static CatchAll read(ResultSet row, int number) throws SQLException {
    String proof = row.getString("proof");
    return new CatchAll(
        new AccountId(row.getObject("account_id", UUID.class)),
        new OrganizationId(row.getString("organization")),
        row.getString("domain"),
        row.getString("unmatched").equals("refuse"),
        row.getString("dns_token"),
        proof == null ? null : DomainProof.of(proof),
        proof == null ? null : SqlTimestamps.read(row, "proved_at"),
        row.getString("error"),
        List.of());
  }
}
