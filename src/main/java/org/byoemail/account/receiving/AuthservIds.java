package org.byoemail.account.receiving;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.byoemail.account.receiving.AuthservCandidate.Probe;
import org.byoemail.account.receiving.AuthservCandidate.Sender;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Protocol;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.format.mail.StoredText;
import org.byoemail.format.mail.Tokens;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Learns the authserv-id of the server that receives the mail of an account, for servers that
 * neither the provider's data nor a setting names. An id is offered for confirmation once it was
 * the topmost in mail of three outside domains, and a mail with a forged field of that id came out
 * without it. What was learnt holds for the IMAP host of the account. Safe for use by many threads
 * and nodes.
 */
@Repository
public class AuthservIds {
  /** How many outside senders must have been seen. */
  public static final int SENDERS = 3;

  private static final int MAX_IDS = 20;
  private static final int MAX_ERROR = 500;
  private static final Pattern ID = Pattern.compile("[a-z0-9](?:[a-z0-9._-]{0,198}[a-z0-9])?");

  private final JdbcClient jdbc;
  private final Accounts accounts;

  AuthservIds(JdbcClient jdbc, Accounts accounts) {
    this.jdbc = jdbc;
    this.accounts = accounts;
  }

  /** Whether a text, in lower case, can be an authserv-id. */
  public static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /**
   * The id was the topmost in a mail of an outside domain.
   *
   * @return whether the account needs no further evidence of that id
   */
  @Transactional
  public boolean seen(Account account, String id, String domain) {
    String host = host(account);
    lock(account);
    jdbc.sql(
            """
            INSERT INTO authserv_sender (account_id, host, authserv_id, sender_domain, seen_at)
            SELECT :account, :host, :id, :domain, statement_timestamp()
            WHERE (SELECT count(*) FROM authserv_sender
              WHERE account_id = :account AND host = :host AND authserv_id = :id) < :senders
            ON CONFLICT DO NOTHING
            """)
        .param("account", account.id().value())
        .param("host", host)
        .param("id", id)
        .param("domain", domain)
        .param("senders", SENDERS)
        .update();
    List<AuthservCandidate> all = candidates(senders(account), Map.of());
    if (all.size() > MAX_IDS) {
      // The one with the least evidence makes room, of several the oldest.
      all.stream()
          .filter(one -> !one.id().equals(id) && !one.senders().isEmpty())
          .min(
              Comparator.<AuthservCandidate>comparingInt(one -> one.senders().size())
                  .thenComparing(AuthservCandidate::seenLast))
          .ifPresent(one -> forget(account, one.id()));
    }
    return all.stream().anyMatch(one -> one.id().equals(id) && one.senders().size() >= SENDERS);
  }

  // Evidence and probes of one account are added one by one, so that the limits hold.
  private void lock(Account account) {
    jdbc.sql("SELECT 1 FROM pg_advisory_xact_lock(hashtextextended('authserv ' || :account, 0))")
        .param("account", account.id().toString())
        .query(Integer.class)
        .single();
  }

  private void forget(Account account, String id) {
    jdbc.sql("DELETE FROM authserv_sender WHERE account_id = :account AND authserv_id = :id")
        .param("account", account.id().value())
        .param("id", id)
        .update();
  }

  /** The ids that were seen or probed, those with the most evidence first. */
  public List<AuthservCandidate> of(Account account) {
    Map<String, List<Sender>> senders = senders(account);
    Map<String, Probe> probes = new HashMap<>();
    jdbc.sql(
            """
            SELECT * FROM (
              SELECT DISTINCT ON (authserv_id) * FROM authserv_probe
              WHERE account_id = :account AND host = :host ORDER BY authserv_id, sent_at DESC) latest
            ORDER BY sent_at DESC LIMIT :most
            """)
        .param("account", account.id().value())
        .param("host", host(account))
        .param("most", MAX_IDS)
        .query(
            row -> {
              probes.put(row.getString("authserv_id"), probe(row));
              senders.computeIfAbsent(row.getString("authserv_id"), any -> List.of());
            });
    return candidates(senders, probes);
  }

  private Map<String, List<Sender>> senders(Account account) {
    Map<String, List<Sender>> senders = new LinkedHashMap<>();
    jdbc.sql(
            """
            SELECT * FROM authserv_sender WHERE account_id = :account AND host = :host
            ORDER BY seen_at, sender_domain
            """)
        .param("account", account.id().value())
        .param("host", host(account))
        .query(
            row -> {
              senders
                  .computeIfAbsent(row.getString("authserv_id"), any -> new ArrayList<>())
                  .add(
                      new Sender(
                          row.getString("sender_domain"), row.getTimestamp("seen_at").toInstant()));
            });
    return senders;
  }

  private static List<AuthservCandidate> candidates(
      Map<String, List<Sender>> senders, Map<String, Probe> probes) {
    return senders.entrySet().stream()
        .map(one -> new AuthservCandidate(one.getKey(), one.getValue(), probes.get(one.getKey())))
        .sorted((a, b) -> Integer.compare(b.senders().size(), a.senders().size()))
        .toList();
  }

  private static Probe probe(ResultSet row) throws SQLException {
    return new Probe(
        row.getString("sent_from"),
        row.getTimestamp("sent_at").toInstant(),
        SqlTimestamps.read(row, "arrived_at"),
        row.getObject("stripped", Boolean.class),
        row.getString("error"));
  }

  /**
   * Trusts an id that is offered.
   *
   * @throws AuthservConflict if it is not
   */
  @Transactional
  public Optional<Account> confirm(Account account, String id) {
    AuthservCandidate found =
        of(account).stream().filter(one -> one.id().equals(id)).findFirst().orElse(null);
    if (found == null || found.senders().size() < SENDERS) {
      throw new AuthservConflict(
          "%s was the topmost authserv-id in mail of %d of %d outside senders: wait, or set it without proof"
              .formatted(id, found == null ? 0 : found.senders().size(), SENDERS));
    }
    if (!found.isOffered()) {
      Probe probe = found.probe();
      throw new AuthservConflict(
          probe != null && Boolean.FALSE.equals(probe.stripped())
              ? "the receiving server leaves forged fields of " + id + " in mail: do not trust it"
              : "no probe has shown yet that the receiving server removes forged fields of "
                  + id
                  + ": send one, or set the id without proof");
    }
    return accounts.trustAuthserv(account.id(), host(account), id, true);
  }

  /** Trusts an id that a person knows, without proof. */
  @Transactional
  public Optional<Account> set(Account account, String id) {
    return accounts.trustAuthserv(account.id(), host(account), id, false);
  }

  /**
   * Trusts no id any more, and learns again from the beginning.
   *
   * @return the changed account; empty if it trusts none
   */
  @Transactional
  public Optional<Account> withdraw(Account account) {
    Optional<Account> changed =
        accounts.distrustAuthserv(account.id(), null, "withdrawn by a person");
    if (changed.isEmpty()) {
      return changed;
    }
    jdbc.sql("DELETE FROM authserv_sender WHERE account_id = :account")
        .param("account", account.id().value())
        .update();
    // The probes stay: they may still arrive, and must not reach the agent.
    jdbc.sql(
            """
            UPDATE authserv_probe SET host = '' WHERE account_id = :account
            """)
        .param("account", account.id().value())
        .update();
    return changed;
  }

  /** A probe could not be sent. */
  void notSent(String token, String error) {
    jdbc.sql("UPDATE authserv_probe SET error = :error WHERE token_sha256 = :token")
        .param("error", StoredText.of("the probe was not sent: " + error, MAX_ERROR))
        .param("token", Tokens.sha256(token))
        .update();
  }

  /**
   * Records that a probe is about to be sent.
   *
   * @throws AuthservConflict if one was within the last minute, or of too many ids
   */
  @Transactional
  public void begin(Account account, EmailAddress from, String id, String token) {
    lock(account);
    jdbc.sql(
            """
            DELETE FROM authserv_probe WHERE account_id = :account
              AND sent_at < statement_timestamp() - interval '90 days'
              -- The latest is the evidence of what is trusted.
              AND authserv_id IS DISTINCT FROM :trusted
            """)
        .param("trusted", account.authservId())
        .param("account", account.id().value())
        .update();
    int others =
        jdbc.sql(
                """
                SELECT count(DISTINCT authserv_id) FROM authserv_probe
                WHERE account_id = :account AND authserv_id <> :id
                """)
            .param("account", account.id().value())
            .param("id", id)
            .query(Integer.class)
            .single();
    if (others >= MAX_IDS) {
      throw new AuthservConflict(
          MAX_IDS + " other ids of this account were probed within 90 days: probe one of them");
    }
    // One that could not be sent counts, too: it left a row.
    int begun =
        jdbc.sql(
                """
                INSERT INTO authserv_probe (token_sha256, account_id, host, authserv_id, sent_from, sent_at)
                SELECT :token, :account, :host, :id, :from, statement_timestamp()
                WHERE NOT EXISTS (SELECT 1 FROM authserv_probe WHERE account_id = :account
                  AND sent_at > statement_timestamp() - interval '1 minute')
                """)
            .param("token", Tokens.sha256(token))
            .param("account", account.id().value())
            .param("host", host(account))
            .param("id", id)
            .param("from", from.value())
            .update();
    if (begun == 0) {
      throw new AuthservConflict("a probe was sent within the last minute: wait for it");
    }
  }

  /** Whether a mail of that subject is a probe of the account, however old. */
  public boolean isProbe(Account account, String subject) {
    return AuthservProbeMail.token(subject)
        .filter(
            token ->
                jdbc.sql(
                        """
                        SELECT EXISTS (SELECT 1 FROM authserv_probe
                          WHERE account_id = :account AND token_sha256 = :token)
                        """)
                    .param("account", account.id().value())
                    .param("token", Tokens.sha256(token))
                    .query(Boolean.class)
                    .single())
        .isPresent();
  }

  /**
   * A probe has arrived. One that kept its forged field ends the trust in the id.
   *
   * @param fields the Authentication-Results fields that it arrived with
   */
  @Transactional
  public void arrived(Account account, String subject, List<String> fields) {
    String token = AuthservProbeMail.token(subject).orElse(null);
    if (token == null) {
      return;
    }
    boolean stripped = fields.stream().noneMatch(field -> field.contains(token));
    jdbc.sql(
            """
            UPDATE authserv_probe SET arrived_at = statement_timestamp(), stripped = :stripped, error = NULL
            WHERE account_id = :account AND token_sha256 = :token AND arrived_at IS NULL
            RETURNING authserv_id
            """)
        .param("stripped", stripped)
        .param("account", account.id().value())
        .param("token", Tokens.sha256(token))
        .query(String.class)
        .optional()
        .filter(id -> !stripped)
        .ifPresent(
            id ->
                accounts.distrustAuthserv(
                    account.id(), id, "a probe arrived with its forged field of " + id));
  }

  private static String host(Account account) {
    return account.server(Protocol.IMAP).host();
  }
}
