package org.byoemail.platform.conversation;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A page of a search that looks at every row, in the order of the ids.
 *
 * @param found the ids of the rows that were searched for
 * @param next the id after which the next page starts; null: this is the last page
 */
public record SearchPage(List<UUID> found, @Nullable UUID next) {
  /**
   * Reads a page.
   *
   * @param rows returns {@code id} and {@code is_of}, whether the row is searched for
   * @param most how many rows it returns at most
   */
  public static SearchPage read(JdbcClient.StatementSpec rows, int most) {
    List<UUID> found = new ArrayList<>();
    UUID[] last = new UUID[1];
    int[] looked = new int[1];
    rows.query(
        row -> {
          last[0] = row.getObject("id", UUID.class);
          looked[0]++;
          if (row.getBoolean("is_of")) {
            found.add(last[0]);
          }
        });
    return new SearchPage(found, looked[0] < most ? null : last[0]);
  }
}
