package org.byoemail.platform.event;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** The positions that were given, and those that never will be. Thread-safe. */
@Repository
public class EventPositions {
  private final JdbcClient jdbc;

  EventPositions(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The last position that was ever given. */
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
   * Leaves out positions: the next event gets the one after. Those in between belong to a life of
   * the database that was lost, and whoever asks for events after one of them is told so.
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

  /** Whether events of an organisation, null: of any, behind a position were deleted. */
  boolean isDeleted(@Nullable String organization, long position) {
    return jdbc.sql(
            """
            SELECT EXISTS (SELECT 1 FROM event_deleted
              WHERE up_to > :position AND (:organization::text IS NULL OR organization = :organization))
            """)
        .param("organization", organization)
        .param("position", position)
        .query(Boolean.class)
        .single();
  }

  /** The position of the first event that is kept, or the next one that will be given. */
  long firstKept(@Nullable String organization) {
    return jdbc.sql(
            """
            SELECT coalesce((SELECT min(position) FROM event
              WHERE position > (SELECT coalesce(max(up_to), 0) FROM event_deleted
                  WHERE :organization::text IS NULL OR organization = :organization)
                AND (:organization::text IS NULL OR organization = :organization)), :next)
            """)
        .param("organization", organization)
        .param("next", last() + 1)
        .query(Long.class)
        .single();
  }

  /** Whether a position belongs to a life of the database that was lost. */
  public boolean isLost(long position) {
    return jdbc.sql(
            "SELECT EXISTS (SELECT 1 FROM event_gap WHERE :position > after_position AND :position <= up_to)")
        .param("position", position)
        .query(Boolean.class)
        .single();
  }
}
