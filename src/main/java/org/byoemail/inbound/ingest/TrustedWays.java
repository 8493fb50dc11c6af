package org.byoemail.inbound.ingest;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.byoemail.format.authentication.SenderVerdict.Proofs;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** The trusted ways of the contacts of agents. Safe for use by many threads and nodes. */
@Repository
public class TrustedWays {
  private static final int MAX_OF_AGENT = 1000;

  private final JdbcClient jdbc;

  TrustedWays(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Whether mail of that sender is trusted for what is proven of its way. */
  boolean trusts(AgentId agent, EmailAddress sender, Proofs proofs) {
    if (proofs.signers().isEmpty() && proofs.envelope().isEmpty()) {
      return false;
    }
    return jdbc
        .sql("SELECT * FROM trusted_way WHERE agent_id = :agent AND contact = ANY(:contacts)")
        .param("agent", agent.value())
        .param("contacts", new String[] {sender.value(), "@" + sender.domain()})
        .query(TrustedWays::read)
        .list()
        .stream()
        .anyMatch(way -> way.matches(proofs));
  }

  /** The trusted ways of an agent, the oldest first; at most 1,000. */
  public List<TrustedWay> of(AgentId agent) {
    return jdbc.sql("SELECT * FROM trusted_way WHERE agent_id = :agent ORDER BY id LIMIT :most")
        .param("agent", agent.value())
        .param("most", MAX_OF_AGENT)
        .query(TrustedWays::read)
        .list();
  }

  /**
   * Stores one, unless the agent has it.
   *
   * @throws TrustedWayInvalid if the agent has too many
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public TrustedWay add(AgentId agent, TrustedWay.Draft draft) {
    List<TrustedWay> all = of(agent);
    for (TrustedWay way : all) {
      if (way.contact().equals(draft.contact())
          && Objects.equals(way.signer(), draft.signer())
          && Objects.equals(way.envelope(), draft.envelope())
          && Objects.equals(way.list(), draft.list())
          && way.invitation() == draft.invitation()) {
        return way;
      }
    }
    if (all.size() == MAX_OF_AGENT) {
      throw new TrustedWayInvalid("contact", "the agent has 1,000 trusted ways: remove one first");
    }
    return jdbc.sql(
            """
            INSERT INTO trusted_way (id, agent_id, contact, signer, invitation_signer, envelope, list_id, created_at)
            VALUES (:id, :agent, :contact, :signer, :invitationSigner, :envelope, :list, statement_timestamp())
            RETURNING *
            """)
        .param("id", Ids.next())
        .param("agent", agent.value())
        .param("contact", draft.contact())
        .param("signer", draft.invitation() ? null : draft.signer())
        .param("invitationSigner", draft.invitation() ? draft.signer() : null)
        .param("envelope", draft.envelope())
        .param("list", draft.list())
        .query(TrustedWays::read)
        .single();
  }

  /** Removes one; false if the agent has no such way. */
  @Transactional(propagation = Propagation.MANDATORY)
  public boolean remove(AgentId agent, UUID id) {
    return jdbc.sql("DELETE FROM trusted_way WHERE agent_id = :agent AND id = :id")
            .param("agent", agent.value())
            .param("id", id)
            .update()
        > 0;
  }

  /**
   * Deletes the trusted ways of an address, in the caller's transaction.
   *
   * @param address in lower case
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void forget(OrganizationId organization, String address) {
    jdbc.sql(
            """
            DELETE FROM trusted_way w USING agent a
            WHERE a.id = w.agent_id AND a.organization = :organization AND w.contact = :address
            """)
        .param("organization", organization.value())
        .param("address", address)
        .update();
  }

  private static TrustedWay read(ResultSet row, int number) throws SQLException {
    String invitationSigner = row.getString("invitation_signer");
    return new TrustedWay(
        row.getObject("id", UUID.class),
        row.getString("contact"),
        invitationSigner == null ? row.getString("signer") : invitationSigner,
        row.getString("envelope"),
        row.getString("list_id"),
        invitationSigner != null,
        row.getTimestamp("created_at").toInstant());
  }
}
