package org.byoemail.submission;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.mail.AccountId;
import org.byoemail.mail.AgentId;
import org.byoemail.mail.EmailAddress;
import org.byoemail.outbound.SharedTransaction;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.PlatformTransactionManager;

/** Finds whom messages are sent by: those that are asked for at the same time in one question. */
@Repository
class Senders {

  private static final String SELECT =
      """
      SELECT e.id, e.address, coalesce(a.display_name, e.display_name) AS name,
        g.id AS agent, g.organization, a.id AS account
      FROM endpoint e JOIN agent g ON g.id = e.owner_agent_id AND g.deleted_at IS NULL
        LEFT JOIN agent_email_account a ON a.endpoint_id = e.id
      """;

  private static final int MOST_AT_A_TIME = 64;

  private final JdbcClient jdbc;
  private final SharedTransaction<String, Optional<Sender>> asked;

  Senders(JdbcClient jdbc, PlatformTransactionManager transactions) {
    this.jdbc = jdbc;
    this.asked = new SharedTransaction<>(MOST_AT_A_TIME, Duration.ZERO, transactions, this::find);
  }

  /** The agent's endpoint of that address or id; empty where no agent has it. */
  Optional<Sender> find(String place) {
    return asked.join(place);
  }

  private List<Optional<Sender>> find(List<String> places) {
    Map<String, Sender> found = new HashMap<>();
    jdbc.sql(
            SELECT
                + "WHERE e.channel = 'email' AND e.address = ANY (:addresses) UNION ALL "
                + SELECT
                + "WHERE e.id = ANY (:ids)")
        .param(
            "addresses",
            places.stream().filter(place -> place.contains("@")).toArray(String[]::new))
        .param(
            "ids",
            places.stream()
                .filter(place -> !place.contains("@"))
                .map(UUID::fromString)
                .toArray(UUID[]::new))
        .query(Senders::read)
        .list()
        .forEach(
            sender -> {
              found.put(sender.address().value(), sender);
              found.put(sender.endpoint().toString(), sender);
            });
    return places.stream()
        .map(
            place ->
                Optional.ofNullable(
                    found.get(place.contains("@") ? place : UUID.fromString(place).toString())))
        .toList();
  }

  private static Sender read(ResultSet row, int number) throws SQLException {
    UUID account = row.getObject("account", UUID.class);
    return new Sender(
        row.getObject("id", UUID.class),
        new EmailAddress(row.getString("address")),
        row.getString("name"),
        new AgentId(row.getObject("agent", UUID.class)),
        row.getString("organization"),
        account == null ? null : new AccountId(account));
  }
}
