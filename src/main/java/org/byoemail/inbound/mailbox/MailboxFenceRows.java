package org.byoemail.inbound.mailbox;

import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.platform.lease.Lease;
import org.byoemail.platform.lease.MailboxFences;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The fences in the rows of mailboxes, and by which node each mailbox was last taken. */
@Repository
class MailboxFenceRows implements MailboxFences {
  private final JdbcClient jdbc;

  MailboxFenceRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public List<Lease> raise(String node, Collection<MailboxId> mailboxes) {
    return jdbc.sql(
            """
            UPDATE mailbox SET fence = fence + 1, taken_over = held_by IS NOT NULL AND held_by <> :node,
              held_by = :node, held_since = statement_timestamp()
            WHERE id IN (SELECT id FROM mailbox WHERE id = ANY(:mailboxes)
                         AND owner_account_id IS NOT NULL ORDER BY id FOR UPDATE SKIP LOCKED)
            RETURNING id, fence
            """)
        .param("node", node)
        .param("mailboxes", mailboxes.stream().map(MailboxId::value).toArray(UUID[]::new))
        .query(
            (row, number) ->
                new Lease(new MailboxId(row.getObject("id", UUID.class)), row.getLong("fence")))
        .list();
  }

  @Override
  public void free(String node, Collection<MailboxId> mailboxes) {
    jdbc.sql(
            """
            UPDATE mailbox SET held_by = NULL, held_since = NULL
            WHERE id IN (SELECT id FROM mailbox WHERE id = ANY(:mailboxes)
                         AND held_by = :node ORDER BY id FOR UPDATE SKIP LOCKED)
            """)
        .param("node", node)
        .param("mailboxes", mailboxes.stream().map(MailboxId::value).toArray(UUID[]::new))
        .update();
  }
}
