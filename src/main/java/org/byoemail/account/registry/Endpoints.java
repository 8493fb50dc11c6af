package org.byoemail.account.registry;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.Ids;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** The endpoints. Thread-safe. */
@Repository
public class Endpoints {
  private static final String NOWHERE = "named.invalid";
  private static final String SELECT =
      "SELECT id, address, display_name, owner_agent_id FROM endpoint ";

  private final JdbcClient jdbc;

  Endpoints(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * The agent's endpoint of that address, created if absent; an external one, or one that a deleted
   * agent of the same organisation left, becomes the agent's. If another organisation has the
   * address, which is not disclosed, the endpoint is stored under a placeholder until its account
   * has passed a test: see {@link #proved}.
   *
   * @return the endpoint with the requested address
   * @throws EndpointTaken if another agent of the same organisation has it
   */
  @Transactional
  public Endpoint own(AgentId agent, EmailAddress address, @Nullable String displayName) {
    lock(address);
    if (isNamed(agent, address)) {
      throw new EndpointTaken(address);
    }
    return take(agent, address, displayName)
        .orElseGet(
            () -> {
              if (isOfSameOrganization(agent, address)) {
                throw new EndpointTaken(address);
              }
              Endpoint stored = take(agent, placeholder(), displayName).orElseThrow();
              return new Endpoint(stored.id(), address, stored.displayName(), stored.owner());
            });
  }

  /**
   * Finds or creates the agent's endpoint for an address. Its mail is sent through the given
   * account of the same organisation, unless the endpoint has its own account.
   *
   * @throws EndpointTaken if another agent of the same organisation has it
   */
  @Transactional
  public Endpoint through(AccountId account, AgentId agent, EmailAddress address) {
    Endpoint endpoint = own(agent, address, null);
    jdbc.sql("UPDATE endpoint SET through_account_id = :account WHERE id = :id")
        .param("account", account.value())
        .param("id", endpoint.id().value())
        .update();
    return endpoint;
  }

  /** Stops sending mail of endpoints through an account, except for the given ones. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void release(AccountId account, Collection<EndpointId> kept) {
    jdbc.sql(
            """
            UPDATE endpoint SET through_account_id = NULL
            WHERE through_account_id = :account AND NOT id = ANY (:kept)
            """)
        .param("account", account.value())
        .param("kept", kept.stream().map(EndpointId::value).toArray(UUID[]::new))
        .update();
  }

  /** Empty if it is another agent's. */
  private Optional<Endpoint> take(
      AgentId agent, EmailAddress address, @Nullable String displayName) {
    return jdbc.sql(
            """
            INSERT INTO endpoint (id, address, display_name, owner_agent_id, created_at)
            VALUES (:id, :address, :displayName, :agent, statement_timestamp())
            ON CONFLICT (channel, address) DO UPDATE
              SET owner_agent_id = excluded.owner_agent_id,
                  display_name = coalesce(excluded.display_name, endpoint.display_name)
              WHERE endpoint.owner_agent_id IS NULL OR endpoint.owner_agent_id = excluded.owner_agent_id
                OR EXISTS (
                  SELECT 1 FROM agent gone JOIN agent taker ON taker.organization = gone.organization
                  WHERE gone.id = endpoint.owner_agent_id AND gone.deleted_at IS NOT NULL
                    AND taker.id = excluded.owner_agent_id
                    AND NOT EXISTS (SELECT 1 FROM agent_email_account a WHERE a.endpoint_id = endpoint.id))
            RETURNING id, address, display_name, owner_agent_id
            """)
        .param("id", Ids.next())
        .param("address", address.value())
        .param("displayName", displayName)
        .param("agent", agent.value())
        .query(Endpoints::read)
        .optional();
  }

  private boolean isOfSameOrganization(AgentId agent, EmailAddress address) {
    return jdbc.sql(
            """
            SELECT EXISTS (SELECT 1 FROM endpoint e JOIN agent g ON g.id = e.owner_agent_id
              JOIN agent taker ON taker.organization = g.organization
              WHERE e.channel = 'email' AND e.address = :address AND taker.id = :agent)
            """)
        .param("address", address.value())
        .param("agent", agent.value())
        .query(Boolean.class)
        .single();
  }

  private boolean isNamed(AgentId agent, EmailAddress address) {
    return jdbc.sql(
            """
            SELECT EXISTS (SELECT 1 FROM agent_email_account a JOIN agent g ON g.id = a.agent_id
              JOIN agent taker ON taker.organization = g.organization
              WHERE a.named_address = :address AND taker.id = :agent)
              OR EXISTS (SELECT 1 FROM account_alias l JOIN agent taker ON taker.organization = l.organization
              WHERE l.address = :address AND l.kind = 'address' AND taker.id = :agent)
            """)
        .param("address", address.value())
        .param("agent", agent.value())
        .query(Boolean.class)
        .single();
  }

  /**
   * An account has passed a test: its endpoint gets its address, unless the account of the endpoint
   * that has it has passed one too.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void proved(AccountId account) {
    Optional<EmailAddress> named =
        jdbc.sql(
                "SELECT named_address FROM agent_email_account WHERE id = :id AND named_address IS NOT NULL")
            .param("id", account.value())
            .query(String.class)
            .optional()
            .map(EmailAddress::new);
    if (named.isEmpty()) {
      return;
    }
    lock(named.get());
    EmailAddress placeholder = placeholder();
    boolean given =
        jdbc.sql(
                    """
                    UPDATE endpoint e SET address = :placeholder
                    WHERE e.channel = 'email' AND e.address = :address
                      AND NOT EXISTS (SELECT 1 FROM agent_email_account a WHERE a.endpoint_id = e.id
                        AND (a.smtp_verified_at IS NOT NULL OR a.imap_verified_at IS NOT NULL))
                    """)
                .param("placeholder", placeholder.value())
                .param("address", named.get().value())
                .update()
            == 1;
    if (given) {
      exchange(named.get(), placeholder, account);
    }
  }

  /** The endpoint that lost the address still shows it, and may prove it too. */
  private void exchange(EmailAddress address, EmailAddress placeholder, AccountId account) {
    jdbc.sql(
            """
            UPDATE agent_email_account a SET named_address = :address FROM endpoint e
            WHERE e.id = a.endpoint_id AND e.address = :placeholder
            """)
        .param("address", address.value())
        .param("placeholder", placeholder.value())
        .update();
    jdbc.sql(
            """
            UPDATE endpoint e SET address = :address FROM agent_email_account a
            WHERE a.id = :account AND e.id = a.endpoint_id
            """)
        .param("address", address.value())
        .param("account", account.value())
        .update();
    jdbc.sql("UPDATE agent_email_account SET named_address = NULL WHERE id = :account")
        .param("account", account.value())
        .update();
  }

  /** Serialises changes to one address. */
  private void lock(EmailAddress address) {
    jdbc.sql("SELECT 1 FROM pg_advisory_xact_lock(hashtextextended('address ' || :address, 0))")
        .param("address", address.value())
        .query(Integer.class)
        .single();
  }

  /** A reserved (RFC 2606 section 2) address that cannot be guessed. */
  private static EmailAddress placeholder() {
    return new EmailAddress(UUID.randomUUID() + "@" + NOWHERE);
  }

  /** Whether an endpoint has lost its address to an account that has proved it. */
  public static boolean isPlaceholder(EmailAddress address) {
    return address.domain().equals(NOWHERE);
  }

  /** The endpoint of that address. */
  public Optional<Endpoint> find(EmailAddress address) {
    return jdbc.sql(SELECT + "WHERE channel = 'email' AND address = :address")
        .param("address", address.value())
        .query(Endpoints::read)
        .optional();
  }

  /** The endpoint of that id. */
  public Optional<Endpoint> find(EndpointId id) {
    return jdbc.sql(SELECT + "WHERE id = :id")
        .param("id", id.value())
        .query(Endpoints::read)
        .optional();
  }

  private static Endpoint read(ResultSet row, int number) throws SQLException {
    UUID owner = row.getObject("owner_agent_id", UUID.class);
    return new Endpoint(
        new EndpointId(row.getObject("id", UUID.class)),
        new EmailAddress(row.getString("address")),
        row.getString("display_name"),
        owner == null ? null : new AgentId(owner));
  }
}
