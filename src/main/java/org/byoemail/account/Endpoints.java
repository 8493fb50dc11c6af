package org.byoemail.account;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.mail.AgentId;
import org.byoemail.mail.EmailAddress;
import org.byoemail.mail.Ids;
import org.byoemail.mail.Times;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The endpoints. Safe for use by many threads. */
@Repository
public class Endpoints {
  private static final String SELECT =
      "SELECT id, address, display_name, owner_agent_id FROM endpoint ";

  private final JdbcClient jdbc;
  private final Clock clock;

  Endpoints(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * The agent's endpoint of that address, made where there is none; an external one, or one that a
   * deleted agent of the same organisation has left, becomes the agent's.
   *
   * @throws EndpointTaken where it is another agent's
   */
  public Endpoint own(AgentId agent, EmailAddress address, @Nullable String displayName) {
    Endpoint endpoint =
        jdbc.sql(
                """
                INSERT INTO endpoint (id, address, display_name, owner_agent_id, created_at)
                VALUES (:id, :address, :displayName, :agent, :now)
                ON CONFLICT (channel, address) DO UPDATE
                  SET owner_agent_id = CASE
                        WHEN endpoint.owner_agent_id IS NULL OR EXISTS (
                          SELECT 1 FROM agent gone JOIN agent taker ON taker.organization = gone.organization
                          WHERE gone.id = endpoint.owner_agent_id AND gone.deleted_at IS NOT NULL
                            AND taker.id = excluded.owner_agent_id
                            AND NOT EXISTS (SELECT 1 FROM agent_email_account a WHERE a.endpoint_id = endpoint.id))
                        THEN excluded.owner_agent_id ELSE endpoint.owner_agent_id END,
                      display_name = coalesce(excluded.display_name, endpoint.display_name)
                RETURNING id, address, display_name, owner_agent_id
                """)
            .param("id", Ids.next())
            .param("address", address.value())
            .param("displayName", displayName)
            .param("agent", agent.value())
            .param("now", Times.parameter(clock.instant()))
            .query(Endpoints::read)
            .single();
    if (!agent.equals(endpoint.owner())) {
      throw new EndpointTaken(address);
    }
    return endpoint;
  }

  /** The endpoint of that address. */
  public Optional<Endpoint> find(EmailAddress address) {
    return jdbc.sql(SELECT + "WHERE channel = 'email' AND address = :address")
        .param("address", address.value())
        .query(Endpoints::read)
        .optional();
  }

  /** The endpoint of that id. */
  public Optional<Endpoint> find(UUID id) {
    return jdbc.sql(SELECT + "WHERE id = :id").param("id", id).query(Endpoints::read).optional();
  }

  private static Endpoint read(ResultSet row, int number) throws SQLException {
    UUID owner = row.getObject("owner_agent_id", UUID.class);
    return new Endpoint(
        row.getObject("id", UUID.class),
        new EmailAddress(row.getString("address")),
        row.getString("display_name"),
        owner == null ? null : new AgentId(owner));
  }
}
