package org.byoemail.outbound.suppression;

import java.util.List;
import org.byoemail.format.mail.OrganizationId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Removes erased addresses from the suppression list. */
@Repository
public class SuppressionCleanup {
  private final JdbcClient jdbc;

  SuppressionCleanup(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Deletes the suppressions of an address, including the ones for one agent, in the caller's
   * transaction.
   *
   * @param address in lower case
   * @return how many
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public int delete(OrganizationId organization, String address) {
    int unsubscribed =
        jdbc.sql(
                "DELETE FROM unsubscription WHERE organization = :organization AND lower(address) ="
                    + " :address")
            .param("organization", organization.value())
            .param("address", address)
            .update();
    List<Boolean> deleted =
        jdbc.sql(
                "DELETE FROM suppression WHERE organization = :organization AND lower(address) ="
                    + " :address RETURNING agent_only")
            .param("organization", organization.value())
            .param("address", address)
            .query(Boolean.class)
            .list();
    return unsubscribed + (int) deleted.stream().filter(agentOnly -> !agentOnly).count();
  }
}
