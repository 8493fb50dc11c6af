package org.byoemail.platform.event;

import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** The assigned positions of events, and the gaps between them. Thread-safe. */
@Repository
public class EventPositions {
  private final JdbcClient jdbc;

  EventPositions(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The last position that was assigned. */
  public long last() {
    return jdbc.sql(
            """
            SELECT greatest(value, (SELECT coalesce(max(position), 0) FROM event))
            FROM event_position WHERE name = 'numbered'
            """)
        .query(Long.class)
        .single();
  }

  /**
   * Skips positions: the next event gets the one after. The skipped positions may have been
   * assigned after the backup from which the database was restored; reading events after one of
   * them is refused.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void skipTo(long position) {
    jdbc.sql("SELECT pg_advisory_xact_lock(:lock)")
        .param("lock", EventNumbering.LOCK)
        .query()
        .singleRow();
    long last = last();
    if (position <= last) {
      return;
    }
    jdbc.sql(
            """
            INSERT INTO event_gap (after_position, up_to, made_at) VALUES (:after, :upTo, statement_timestamp())
            """)
        .param("after", last)
        .param("upTo", position)
        .update();
    jdbc.sql("UPDATE event_position SET value = :position WHERE name = 'numbered'")
        .param("position", position)
        .update();
  }

  /** Whether events of an organisation (null: of any) after a position were deleted. */
  boolean isDeleted(@Nullable OrganizationId organization, long position) {
    return jdbc.sql(
            """
            SELECT EXISTS (SELECT 1 FROM event_deleted
              WHERE up_to > :position AND (:organization::text IS NULL OR organization = :organization))
            """)
        .param("organization", OrganizationId.valueOrNull(organization))
        .param("position", position)
        .query(Boolean.class)
        .single();
  }

  /** The position of the first event that is kept, or else the next position. */
  long firstKept(@Nullable OrganizationId organization) {
    return jdbc.sql(
            """
            SELECT coalesce((SELECT min(position) FROM event
              WHERE position > (SELECT coalesce(max(up_to), 0) FROM event_deleted
                  WHERE :organization::text IS NULL OR organization = :organization)
                AND (:organization::text IS NULL OR organization = :organization)), :next)
            """)
        .param("organization", OrganizationId.valueOrNull(organization))
        .param("next", last() + 1)
        .query(Long.class)
        .single();
  }

  /** Whether a position was skipped after a restore. */
  public boolean isLost(long position) {
    return jdbc.sql(
            "SELECT EXISTS (SELECT 1 FROM event_gap WHERE :position > after_position AND :position"
                + " <= up_to)")
        .param("position", position)
        .query(Boolean.class)
        .single();
  }
}
