package org.byoemail.account.registry;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The agents. Thread-safe. */
@Repository
public class Agents {
  private static final String COLUMNS =
      "id, organization, name, inbound_policy, outbound_policy, contacts, require_authentication,"
          + " unproven_mail, created_at, sending_policy::text AS sending_policy, ARRAY(SELECT key || ' ' || value FROM jsonb_each_text(finding_actions)) AS finding_actions";

  private static final String FIRST_CONTACTS =
      COLUMNS.replace("contacts", "contacts[1\\:101] AS contacts");

  private final JdbcClient jdbc;

  Agents(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Stores a new agent whose mail no gate holds up. */
  public Agent create(OrganizationId organization, String name, ContactPolicy policy) {
    return create(organization, name, policy, SendingPolicy.NONE);
  }

  /** Stores a new agent. */
  public Agent create(
      OrganizationId organization, String name, ContactPolicy policy, SendingPolicy sending) {
    return jdbc.sql(
            """
            INSERT INTO agent (id, organization, name, inbound_policy, outbound_policy, contacts,
              require_authentication, unproven_mail, finding_actions, sending_policy, created_at)
            VALUES (:id, :organization, :name, :inbound, :outbound, :contacts, :authentication, :unproven,
              coalesce((SELECT jsonb_object_agg(split_part(f, ' ', 1), split_part(f, ' ', 2)) FROM unnest(:findings::text[]) f), '{}'),
              :sending::jsonb, statement_timestamp())
            RETURNING
            """
                + COLUMNS)
        .param("id", AgentId.next().value())
        .param("organization", organization.value())
        .param("name", name)
        .param("inbound", policy.inbound().word())
        .param("outbound", policy.outbound().word())
        .param("contacts", policy.contacts().toArray(String[]::new))
        .param("authentication", policy.requireAuthentication())
        .param("unproven", policy.unproven().word())
        .param("findings", findings(policy))
        .param("sending", sending.json())
        .query(Agents::read)
        .single();
  }

  /**
   * Changes name and policies; false if there is no such agent.
   *
   * @param sending null: it stays, with all that a newer release may have written
   */
  public boolean update(
      AgentId id, String name, ContactPolicy policy, @Nullable SendingPolicy sending) {
    return jdbc.sql(
                """
                UPDATE agent SET name = :name, inbound_policy = :inbound, outbound_policy = :outbound,
                  contacts = :contacts, require_authentication = :authentication,
                  unproven_mail = :unproven, finding_actions =
                    coalesce((SELECT jsonb_object_agg(split_part(f, ' ', 1), split_part(f, ' ', 2)) FROM unnest(:findings::text[]) f), '{}'),
                  sending_policy =
                    coalesce((sending_policy - :fields::text[]) || :sending::jsonb, sending_policy)
                WHERE id = :id AND deleted_at IS NULL
                """)
            .param("id", id.value())
            .param("name", name)
            .param("inbound", policy.inbound().word())
            .param("outbound", policy.outbound().word())
            .param("contacts", policy.contacts().toArray(String[]::new))
            .param("authentication", policy.requireAuthentication())
            .param("unproven", policy.unproven().word())
            .param("findings", findings(policy))
            .param("fields", SendingPolicy.FIELDS)
            .param("sending", sending == null ? null : sending.json())
            .update()
        == 1;
  }

  /**
   * Sets what gates ask of an agent's mail; anything else that a newer release has written stays.
   */
  public void setSendingPolicy(AgentId id, SendingPolicy sending) {
    jdbc.sql(
            """
            UPDATE agent SET sending_policy = (sending_policy - :fields::text[]) || :sending::jsonb
            WHERE id = :id AND deleted_at IS NULL
            """)
        .param("id", id.value())
        .param("fields", SendingPolicy.FIELDS)
        .param("sending", sending.json())
        .update();
  }

  /**
   * Adds an address to the contacts, unless it is there.
   *
   * @return false if there is no such agent, or it has that many contacts
   */
  public boolean addContact(AgentId id, EmailAddress contact, int most) {
    return jdbc.sql(
                """
                UPDATE agent SET contacts = CASE WHEN :contact = ANY (contacts) THEN contacts
                  ELSE array_append(contacts, :contact) END
                WHERE id = :id AND deleted_at IS NULL AND (cardinality(contacts) < :most OR :contact = ANY (contacts))
                """)
            .param("id", id.value())
            .param("contact", contact.value())
            .param("most", most)
            .update()
        == 1;
  }

  /** Marks an agent as deleted; its messages and attempts stay. False if there is no such agent. */
  public boolean delete(AgentId id) {
    return jdbc.sql(
                "UPDATE agent SET deleted_at = statement_timestamp() WHERE id = :id AND deleted_at"
                    + " IS NULL")
            .param("id", id.value())
            .update()
        == 1;
  }

  /** The agent of that id, unless it was deleted. */
  public Optional<Agent> find(AgentId id) {
    return jdbc.sql("SELECT " + COLUMNS + " FROM agent WHERE id = :id AND deleted_at IS NULL")
        .param("id", id.value())
        .query(Agents::read)
        .optional();
  }

  /**
   * The SQL condition that an agent's inbound policy is open.
   *
   * @param agent an SQL expression: the agent's id
   */
  public static String acceptsEveryone(String agent) {
    return "EXISTS (SELECT 1 FROM agent WHERE id = %s AND deleted_at IS NULL AND inbound_policy = '%s')"
        .formatted(agent, ContactPolicy.Mode.OPEN.word());
  }

  /** The agents of those ids; deleted ones are left out. */
  public List<Agent> find(Collection<AgentId> ids) {
    return jdbc.sql(
            "SELECT " + COLUMNS + " FROM agent WHERE id = ANY (:ids) AND deleted_at IS NULL")
        .param("ids", ids.stream().map(AgentId::value).toArray(UUID[]::new))
        .query(Agents::read)
        .list();
  }

  /**
   * Agents in the order of their creation, each with its first 101 contacts only.
   *
   * @param organization null for all organisations
   * @param after the id to start after, null for the start
   */
  public List<Agent> list(@Nullable OrganizationId organization, @Nullable UUID after, int limit) {
    return list(organization, null, after, limit);
  }

  /** As {@link #list(String, UUID, int)}, within a scope. */
  public List<Agent> list(
      @Nullable OrganizationId organization,
      @Nullable Scope scope,
      @Nullable UUID after,
      int limit) {
    return jdbc.sql(
            "SELECT "
                + FIRST_CONTACTS
                + " FROM agent WHERE deleted_at IS NULL"
                + " AND (:organization::text IS NULL OR organization = :organization)"
                + " AND (:scope::uuid[] IS NULL OR id = ANY (:scope))"
                + " AND (:after::uuid IS NULL OR id > :after) ORDER BY id LIMIT :limit")
        .param("organization", OrganizationId.valueOrNull(organization))
        .param("scope", Scope.agents(scope))
        .param("after", after)
        .param("limit", limit)
        .query(Agents::read)
        .list();
  }

  /**
   * Agents, the newest first, each with its first 101 contacts only.
   *
   * @param organization null: of all
   */
  public List<Agent> newest(@Nullable OrganizationId organization, int limit) {
    return jdbc.sql(
            "SELECT "
                + FIRST_CONTACTS
                + " FROM agent WHERE deleted_at IS NULL"
                + " AND (:organization::text IS NULL OR organization = :organization)"
                + " ORDER BY id DESC LIMIT :limit")
        .param("organization", OrganizationId.valueOrNull(organization))
        .param("limit", limit)
        .query(Agents::read)
        .list();
  }

  /**
   * The organisation that all agents share; empty if there are several organisations or no agents.
   */
  public Optional<OrganizationId> onlyOrganization() {
    return jdbc.sql(
            """
            SELECT min(organization) AS organization FROM agent WHERE deleted_at IS NULL
            HAVING min(organization) = max(organization)
            """)
        .query((row, number) -> new OrganizationId(row.getString("organization")))
        .optional();
  }

  private static String[] findings(ContactPolicy policy) {
    return policy.findings().entrySet().stream()
        .map(one -> one.getKey() + " " + one.getValue().word())
        .toArray(String[]::new);
  }

  private static Map<String, FindingAction> findings(String[] stored) {
    Map<String, FindingAction> findings = new HashMap<>();
    for (String one : stored) {
      int space = one.indexOf(' ');
      findings.put(one.substring(0, space), FindingAction.of(one.substring(space + 1)));
    }
    return findings;
  }

  private static Agent read(ResultSet row, int number) throws SQLException {
    Array contacts = row.getArray("contacts");
    return new Agent(
        new AgentId(row.getObject("id", UUID.class)),
        new OrganizationId(row.getString("organization")),
        row.getString("name"),
        new ContactPolicy(
            ContactPolicy.Mode.of(row.getString("inbound_policy")),
            ContactPolicy.Mode.of(row.getString("outbound_policy")),
            List.of((String[]) contacts.getArray()),
            row.getBoolean("require_authentication"),
            ContactPolicy.Unproven.of(row.getString("unproven_mail")),
            findings((String[]) row.getArray("finding_actions").getArray())),
        SendingPolicy.read(row.getString("sending_policy")),
        row.getTimestamp("created_at").toInstant());
  }
}
