package org.byoemail.platform.event;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.byoemail.format.mail.OrganizationId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Event cursors: positions up to which consumers have processed events. Only consumers move them.
 * Safe for use by many threads and nodes.
 */
@Repository
public class EventCursors {
  /** The maximum number of cursors of an organisation. */
  public static final int MAX_OF_ORGANIZATION = 100;

  private final JdbcClient jdbc;

  EventCursors(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A cursor. */
  public record Cursor(String name, long position, Instant updatedAt) {}

  /** The result of a commit. */
  public enum Commit {
    DONE,
    /** The cursor is already further. */
    BEHIND,
    /** The organisation has too many. */
    TOO_MANY
  }

  /**
   * The cursors of an organisation, by name.
   *
   * @param organization empty for keys of all organisations
   */
  public List<Cursor> list(OrganizationId organization) {
    return jdbc.sql(
            """
            SELECT name, position, updated_at FROM event_cursor
            WHERE organization = :organization ORDER BY name LIMIT :limit
            """)
        .param("organization", organization.value())
        .param("limit", MAX_OF_ORGANIZATION)
        .query(Cursor.class)
        .list();
  }

  /** The cursor with the name. */
  public Optional<Cursor> find(OrganizationId organization, String name) {
    return jdbc.sql(
            """
            SELECT name, position, updated_at FROM event_cursor
            WHERE organization = :organization AND name = :name
            """)
        .param("organization", organization.value())
        .param("name", name)
        .query(Cursor.class)
        .optional();
  }

  /**
   * Moves a cursor, or creates it.
   *
   * @param rewind whether it may move back
   */
  @Transactional
  public Commit commit(OrganizationId organization, String name, long position, boolean rewind) {
    // Concurrent requests must not exceed the limit together.
    jdbc.sql(
            "SELECT count(pg_advisory_xact_lock(hashtextextended('byo cursor ' || :organization,"
                + " 0)))")
        .param("organization", organization.value())
        .query(Long.class)
        .single();
    Optional<Cursor> present = find(organization, name);
    if (present.isEmpty() && list(organization).size() >= MAX_OF_ORGANIZATION) {
      return Commit.TOO_MANY;
    }
    if (!rewind && present.isPresent() && present.get().position() > position) {
      return Commit.BEHIND;
    }
    jdbc.sql(
            """
            INSERT INTO event_cursor (organization, name, position, updated_at)
            VALUES (:organization, :name, :position, statement_timestamp())
            ON CONFLICT (organization, name) DO UPDATE SET position = excluded.position, updated_at = excluded.updated_at
            """)
        .param("organization", organization.value())
        .param("name", name)
        .param("position", position)
        .update();
    return Commit.DONE;
  }

  /** Deletes a cursor; false if there was none. */
  @Transactional
  public boolean delete(OrganizationId organization, String name) {
    return jdbc.sql("DELETE FROM event_cursor WHERE organization = :organization AND name = :name")
            .param("organization", organization.value())
            .param("name", name)
            .update()
        == 1;
  }
}
