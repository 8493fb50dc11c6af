package org.byoemail.outbound.submission;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.alias.PatternSenders;
import org.byoemail.account.alias.PatternSenders.PatternSender;
import org.byoemail.account.registry.Endpoints;
import org.byoemail.account.registry.SendingPolicies;
import org.byoemail.account.registry.SendingPolicy;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.outbound.submission.Sender.Unsubscribe;
import org.byoemail.platform.transaction.GroupCommit;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.PlatformTransactionManager;

/** Looks up senders; concurrent lookups share a query. */
@Repository
class Senders {

  private static final String SELECT =
      """
      SELECT e.id, coalesce(a.named_address, e.address) AS address, coalesce(a.display_name, e.display_name) AS name,
        g.id AS agent, g.organization, a.id AS account, statement_timestamp() AS now, %d AS place, NULL::timestamptz AS since,
        g.sending_policy::text AS policy, o.sending_policy::text AS minimum,
        coalesce(k.covers_unsubscribe, false) AS covered, a.imap_verified_at IS NOT NULL AS is_read
      FROM endpoint e JOIN agent g ON g.id = e.owner_agent_id AND g.deleted_at IS NULL
        LEFT JOIN agent_email_account a ON a.endpoint_id = e.id
        LEFT JOIN organization_sending_policy o ON o.organization = g.organization
        LEFT JOIN account_dkim k ON k.account_id = a.id AND k.smtp_host IS NOT DISTINCT FROM a.smtp_host
          AND k.smtp_username IS NOT DISTINCT FROM a.smtp_username
      """;

  /** An alias is sent from by the server and login that it was proved with only. */
  private static final String ALIASES =
      """
      SELECT e.id, l.address, coalesce(a.display_name, e.display_name) AS name,
        g.id AS agent, g.organization, a.id AS account, statement_timestamp() AS now, 4 AS place, l.proved_at AS since,
        g.sending_policy::text AS policy, o.sending_policy::text AS minimum,
        coalesce(k.covers_unsubscribe, false) AS covered, a.imap_verified_at IS NOT NULL AS is_read
      FROM account_alias l JOIN agent_email_account a ON a.id = l.account_id
        JOIN endpoint e ON e.id = a.endpoint_id JOIN agent g ON g.id = a.agent_id AND g.deleted_at IS NULL
        LEFT JOIN organization_sending_policy o ON o.organization = g.organization
        LEFT JOIN account_dkim k ON k.account_id = a.id AND k.smtp_host IS NOT DISTINCT FROM a.smtp_host
          AND k.smtp_username IS NOT DISTINCT FROM a.smtp_username
      WHERE l.kind = 'address' AND l.state = 'proved' AND l.smtp_host = a.smtp_host
        AND l.smtp_username IS NOT DISTINCT FROM a.smtp_username AND l.address = ANY (:addresses)
      """;

  /** Endpoints of catch-all domains are looked up by their rules instead. */
  private static final String OF_ITS_OWN =
      " AND (a.id IS NOT NULL OR e.through_account_id IS NULL)";

  private static final int MAX_BATCH = 64;

  private final JdbcClient jdbc;
  private final PatternSenders patterns;
  private final SendingPolicies policies;
  private final GroupCommit<SenderKey, Optional<Sender>> asked;

  Senders(
      JdbcClient jdbc,
      PatternSenders patterns,
      SendingPolicies policies,
      PlatformTransactionManager transactions) {
    this.policies = policies;
    this.jdbc = jdbc;
    this.patterns = patterns;
    this.asked = GroupCommit.ofQuery(MAX_BATCH, transactions, this::find);
  }

  /**
   * The {@code from} of a submission, and its organisation: null for a caller of every
   * organisation.
   */
  private record SenderKey(String from, @Nullable OrganizationId organization) {
    boolean isAddress() {
      return from.contains("@");
    }

    boolean isAnsweredBy(Sender sender) {
      return organization == null || organization.equals(sender.organization());
    }
  }

  /**
   * The agent-owned endpoint with that address or id; empty if absent.
   *
   * @param organization null: in any, and of several with that address the one that proved it first
   */
  Optional<Sender> find(String from, @Nullable OrganizationId organization) {
    return asked.submit(new SenderKey(from, organization));
  }

  private List<Optional<Sender>> find(List<SenderKey> keys) {
    Map<String, List<Sender>> found = new HashMap<>();
    jdbc.sql(
            SELECT.formatted(1)
                + "WHERE e.channel = 'email' AND e.address = ANY (:addresses)"
                + OF_ITS_OWN
                + " UNION ALL "
                + SELECT.formatted(2)
                + "WHERE e.id = ANY (:ids)"
                + OF_ITS_OWN
                + " UNION ALL "
                + SELECT.formatted(3)
                + "WHERE a.named_address IS NOT NULL AND a.named_address = ANY (:addresses) UNION"
                + " ALL "
                + ALIASES
                + " ORDER BY place, since")
        .param(
            "addresses",
            keys.stream().filter(SenderKey::isAddress).map(SenderKey::from).toArray(String[]::new))
        .param(
            "ids",
            keys.stream()
                .filter(key -> !key.isAddress())
                .map(key -> UUID.fromString(key.from()))
                .toArray(UUID[]::new))
        .query(Senders::read)
        .list()
        .forEach(
            sender -> {
              for (String key : List.of(sender.address().value(), sender.endpoint().toString())) {
                found.computeIfAbsent(key, any -> new ArrayList<>()).add(sender);
              }
            });
    addPatterns(keys, found);
    return keys.stream().map(key -> answer(key, found)).toList();
  }

  /** Tags and catch-all domains are rare, so they are looked up last. */
  private void addPatterns(List<SenderKey> keys, Map<String, List<Sender>> found) {
    List<EmailAddress> rest =
        keys.stream()
            .filter(key -> key.isAddress() && answer(key, found).isEmpty())
            .map(key -> new EmailAddress(key.from()))
            .distinct()
            .toList();
    if (rest.isEmpty()) {
      return;
    }
    List<PatternSender> senders = patterns.of(rest);
    Map<AgentId, SendingPolicy> ofAgents =
        senders.isEmpty()
            ? Map.of()
            : policies.effective(senders.stream().map(PatternSender::agent).distinct().toList());
    for (PatternSender one : senders) {
      SendingPolicy policy = ofAgents.get(one.agent());
      if (policy == null) {
        continue; // Deleted meanwhile.
      }
      found
          .computeIfAbsent(one.address().value(), any -> new ArrayList<>())
          .add(
              new Sender(
                  one.endpoint(),
                  one.address(),
                  one.name(),
                  one.agent(),
                  one.organization(),
                  one.account(),
                  policy,
                  Unsubscribe.BY_PAGE,
                  one.foundAt()));
    }
  }

  private static Optional<Sender> answer(SenderKey asked, Map<String, List<Sender>> found) {
    String key = asked.isAddress() ? asked.from() : UUID.fromString(asked.from()).toString();
    return found.getOrDefault(key, List.of()).stream()
        .filter(asked::isAnsweredBy)
        .filter(sender -> !Endpoints.isPlaceholder(sender.address()))
        .findFirst();
  }

  private static Sender read(ResultSet row, int number) throws SQLException {
    UUID account = row.getObject("account", UUID.class);
    return new Sender(
        new EndpointId(row.getObject("id", UUID.class)),
        new EmailAddress(row.getString("address")),
        row.getString("name"),
        new AgentId(row.getObject("agent", UUID.class)),
        new OrganizationId(row.getString("organization")),
        account == null ? null : new AccountId(account),
        SendingPolicy.effective(row.getString("policy"), row.getString("minimum")),
        new Unsubscribe(row.getBoolean("covered"), row.getBoolean("is_read")),
        row.getTimestamp("now").toInstant());
  }
}
