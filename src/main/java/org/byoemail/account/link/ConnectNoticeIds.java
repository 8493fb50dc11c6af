package org.byoemail.account.link;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The ids of the mails of {@link ConnectNotices}, by which they are recognised when they arrive, so
 * that no agent gets one. Random, and known to the owner of the mailbox only. Thread-safe.
 */
@Repository
public class ConnectNoticeIds {
  /** The header field that holds the id: some servers replace the Message-ID. */
  public static final String HEADER = "X-BYO-Connect-Notice";

  /** What the Message-ID starts with; the id and an @ follow. */
  public static final String MESSAGE_ID_PREFIX = "byo-connect.";

  private final JdbcClient jdbc;

  ConnectNoticeIds(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The ids among these that belong to notices. */
  public Set<UUID> known(Collection<UUID> ids) {
    if (ids.isEmpty()) {
      return Set.of();
    }
    return new HashSet<>(
        jdbc.sql("SELECT notice_id FROM connect_link WHERE notice_id = ANY (:ids)")
            .param("ids", ids.toArray(UUID[]::new))
            .query(UUID.class)
            .list());
  }
}
