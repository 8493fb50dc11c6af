package org.byoemail.outbound.bounce;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.dossier.DossierCleanup;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Deletes the bounces of messages that are deleted. */
@Repository
public class BounceCleanup {
  private final JdbcClient jdbc;
  private final DossierCleanup dossiers;

  BounceCleanup(JdbcClient jdbc, DossierCleanup dossiers) {
    this.jdbc = jdbc;
    this.dossiers = dossiers;
  }

  /**
   * Deletes bounces about a recipient, also from the dossiers of the messages, in the caller's
   * transaction.
   *
   * @param address in lower case
   * @return how many
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public int deleteAbout(OrganizationId organization, String address) {
    List<Optional<UUID>> deleted =
        jdbc.sql(
                """
            DELETE FROM bounce b WHERE lower(b.recipient) = :address AND (
              b.organization = :organization
              OR EXISTS (SELECT 1 FROM inbound_mail i WHERE i.id = b.inbound_mail_id AND i.organization = :organization)
              OR EXISTS (SELECT 1 FROM message m WHERE m.id = b.message_id AND m.organization = :organization))
            RETURNING b.message_id
            """)
            .param("address", address)
            .param("organization", organization.value())
            .query((row, number) -> Optional.ofNullable(row.getObject("message_id", UUID.class)))
            .list();
    dossiers.eraseReports(deleted.stream().flatMap(Optional::stream).toList());
    return deleted.size();
  }

  /** Deletes the bounces of messages, in the caller's transaction. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void delete(Collection<StoredMessageId> messages) {
    jdbc.sql("DELETE FROM bounce WHERE message_id = ANY (:ids)")
        .param("ids", messages.stream().map(StoredMessageId::value).toArray(UUID[]::new))
        .update();
  }
}
