package org.byoemail.outbound;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.mail.AccountId;
import org.byoemail.mail.AgentId;
import org.byoemail.mail.EmailAddress;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Finds whom a message is sent by, in one question: it is asked for every submission. */
@Repository
class Senders {

  private static final String SELECT =
      """
      SELECT e.id, e.address, coalesce(a.display_name, e.display_name) AS name,
        g.id AS agent, g.organization, a.id AS account
      FROM endpoint e JOIN agent g ON g.id = e.owner_agent_id AND g.deleted_at IS NULL
        LEFT JOIN agent_email_account a ON a.endpoint_id = e.id
      """;

  private final JdbcClient jdbc;

  Senders(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The agent's endpoint of that address or id; empty where no agent has it. */
  Optional<Sender> find(String place) {
    return place.contains("@")
        ? jdbc.sql(SELECT + "WHERE e.channel = 'email' AND e.address = :address")
            .param("address", place)
            .query(Senders::read)
            .optional()
        : jdbc.sql(SELECT + "WHERE e.id = :id")
            .param("id", UUID.fromString(place))
            .query(Senders::read)
            .optional();
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
