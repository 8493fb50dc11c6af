package org.byoemail.platform.conversation;

import java.util.List;
import org.byoemail.format.mail.OrganizationId;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Finds the organisations that a table has rows of. */
public final class Organizations {
  private Organizations() {}

  /**
   * Skips from one organisation to the next in the index: there are few of them, and many rows.
   *
   * @param table with an index that begins with {@code organization}; not from a user
   */
  public static List<OrganizationId> of(JdbcClient jdbc, String table) {
    return jdbc.sql(
            """
            WITH RECURSIVE found AS (
              (SELECT organization FROM %1$s ORDER BY organization LIMIT 1)
              UNION ALL
              SELECT (SELECT t.organization FROM %1$s t WHERE t.organization > f.organization
                ORDER BY t.organization LIMIT 1) FROM found f WHERE f.organization IS NOT NULL)
            SELECT organization FROM found WHERE organization IS NOT NULL
            """
                .formatted(table))
        .query((row, n) -> new OrganizationId(row.getString("organization")))
        .list();
  }
}
