package org.byoemail.account.alias;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Finds the sender behind an address that belongs to no account and no single alias: an account's
 * address with a tag, or an address of a catch-all domain. A probe through the account's current
 * server and login must have shown that the server keeps From. Safe for use by many threads.
 */
@Repository
public class PatternSenders {
  private final JdbcClient jdbc;
  private final CatchAlls catchAlls;

  PatternSenders(JdbcClient jdbc, CatchAlls catchAlls) {
    this.jdbc = jdbc;
    this.catchAlls = catchAlls;
  }

  /**
   * A sender.
   *
   * @param name the display name; null: none
   * @param foundAt by the database's clock
   */
  public record PatternSender(
      EmailAddress address,
      EndpointId endpoint,
      AgentId agent,
      OrganizationId organization,
      AccountId account,
      @Nullable String name,
      Instant foundAt) {}

  /** A pattern that an account may send from, with the endpoint of the account itself. */
  private record Proved(
      String pattern,
      AccountId account,
      EndpointId endpoint,
      AgentId agent,
      OrganizationId organization,
      @Nullable String name,
      Instant now) {
    private static Proved read(ResultSet row, int number) throws SQLException {
      return new Proved(
          row.getString("address"),
          new AccountId(row.getObject("account_id", UUID.class)),
          new EndpointId(row.getObject("endpoint_id", UUID.class)),
          new AgentId(row.getObject("agent_id", UUID.class)),
          new OrganizationId(row.getString("organization")),
          row.getString("name"),
          row.getTimestamp("now").toInstant());
    }

    private PatternSender sender(EmailAddress address, EndpointId endpoint, AgentId agent) {
      return new PatternSender(address, endpoint, agent, organization, account, name, now);
    }
  }

  /**
   * The senders for addresses, ordered by the time at which their organisations proved the pattern.
   */
  public List<PatternSender> of(Collection<EmailAddress> addresses) {
    Map<String, List<EmailAddress>> asked = new HashMap<>();
    for (EmailAddress address : addresses) {
      for (String pattern : patterns(address)) {
        asked.computeIfAbsent(pattern, any -> new ArrayList<>()).add(address);
      }
    }
    List<Proved> proved = asked.isEmpty() ? List.of() : proved(asked.keySet());
    List<String> domains =
        proved.stream()
            .filter(PatternSenders::isDomain)
            .map(one -> one.pattern().substring(2))
            .distinct()
            .toList();
    List<CatchAll> owned = domains.isEmpty() ? List.of() : catchAlls.proved(domains);
    List<PatternSender> found = new ArrayList<>();
    for (Proved one : proved) {
      for (EmailAddress address : asked.get(one.pattern())) {
        if (isDomain(one)) {
          owned.stream()
              .filter(domain -> domain.account().equals(one.account()))
              .filter(domain -> domain.domain().equals(address.domain()))
              .findFirst()
              .flatMap(domain -> sender(one, domain, address))
              .ifPresent(found::add);
        } else {
          found.add(one.sender(address, one.endpoint(), one.agent()));
        }
      }
    }
    return found;
  }

  private static Optional<PatternSender> sender(Proved one, CatchAll domain, EmailAddress address) {
    Optional<CatchAllRule> rule = CatchAllRule.of(domain.rules(), address.localPart());
    if (rule.isPresent()) {
      return Optional.of(one.sender(address, rule.get().endpoint(), rule.get().agent()));
    }
    return domain.refuseUnmatched()
        ? Optional.empty()
        : Optional.of(one.sender(address, one.endpoint(), one.agent()));
  }

  private static boolean isDomain(Proved one) {
    return one.pattern().startsWith("*@");
  }

  /** The account's address may itself contain a +. */
  private static List<String> patterns(EmailAddress address) {
    List<String> patterns = new ArrayList<>();
    String local = address.localPart();
    for (int at = local.indexOf('+'); at > 0; at = local.indexOf('+', at + 1)) {
      patterns.add(local.substring(0, at) + "+*@" + address.domain());
    }
    patterns.add(CatchAll.alias(address.domain()).value());
    return patterns;
  }

  private List<Proved> proved(Collection<String> patterns) {
    return jdbc.sql(
            """
            SELECT l.address, l.account_id, a.endpoint_id, a.agent_id, g.organization,
              coalesce(a.display_name, e.display_name) AS name, statement_timestamp() AS now
            FROM account_alias l JOIN agent_email_account a ON a.id = l.account_id
              JOIN endpoint e ON e.id = a.endpoint_id
              JOIN agent g ON g.id = a.agent_id AND g.deleted_at IS NULL
            WHERE l.kind <> 'address' AND l.state = 'proved' AND l.smtp_host = a.smtp_host
              AND l.smtp_username IS NOT DISTINCT FROM a.smtp_username
              AND l.address = ANY (:patterns)
            ORDER BY l.kind DESC, l.proved_at
            """)
        .param("patterns", patterns.toArray(String[]::new))
        .query(Proved::read)
        .list();
  }
}
