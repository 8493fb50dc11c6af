package org.byoemail.outbound.draft;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.byoemail.format.mail.AddressPattern;
import org.byoemail.format.mail.OrganizationId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Finds and deletes drafts by their age, or by an address that they name. Thread-safe. */
@Repository
public class DraftCleanup {
  // The content has addresses as they were written, such as bücher.example, and also those in
  // texts.
  private static final String NAMES =
      "organization = :organization AND (:address = ANY (addresses)"
          + " OR strpos(lower(content), :address) > 0 AND lower(content) ~ :whole)";

  private final JdbcClient jdbc;
  private final DraftCopies copies;

  DraftCleanup(JdbcClient jdbc, DraftCopies copies) {
    this.jdbc = jdbc;
    this.copies = copies;
  }

  /** The organizations that have drafts. */
  public Set<OrganizationId> organizations() {
    return new TreeSet<>(
        jdbc.sql("SELECT DISTINCT organization FROM draft")
            .query((row, number) -> new OrganizationId(row.getString(1)))
            .list());
  }

  /** Deletes drafts that were neither changed nor sent since then; returns how many. */
  @Transactional(propagation = Propagation.MANDATORY)
  public int deleteBefore(OrganizationId organization, Instant before, int limit) {
    return deleted(
        jdbc.sql(
                """
                DELETE FROM draft WHERE id IN (SELECT id FROM draft
                  WHERE organization = :organization AND changed_at < :before LIMIT :limit FOR UPDATE SKIP LOCKED)
                RETURNING id
                """)
            .param("organization", organization.value())
            .param("before", Timestamp.from(before))
            .param("limit", limit));
  }

  /**
   * An organization's drafts that name an address, in the order of their ids.
   *
   * @param address as addresses are compared
   */
  public List<Draft> naming(OrganizationId organization, String address, UUID after, int limit) {
    return jdbc.sql(
            "SELECT * FROM draft WHERE id > :after AND " + NAMES + " ORDER BY id LIMIT :limit")
        .param("organization", organization.value())
        .param("address", address)
        .param("whole", AddressPattern.of(address))
        .param("after", after)
        .param("limit", limit)
        .query((row, number) -> DraftRows.read(row, row.getString("content")))
        .list();
  }

  /**
   * Deletes an organization's drafts that name an address, in the caller's transaction.
   *
   * @param address as addresses are compared
   * @return how many
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public int deleteNaming(OrganizationId organization, String address) {
    return deleted(
        jdbc.sql("DELETE FROM draft WHERE " + NAMES + " RETURNING id")
            .param("organization", organization.value())
            .param("address", address)
            .param("whole", AddressPattern.of(address)));
  }

  private int deleted(StatementSpec statement) {
    List<UUID> ids = statement.query(UUID.class).list();
    copies.compare(ids);
    return ids.size();
  }
}
