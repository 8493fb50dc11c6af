package org.byoemail.support;

import java.util.Collection;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the database holds of mails that were taken in. */
public final class Ingested {
  private final JdbcClient jdbc;

  public Ingested(DataSource database) {
    this.jdbc = JdbcClient.create(database);
  }

  /** The subjects of messages that begin so, one for each message. */
  public List<String> subjects(String start) {
    return jdbc.sql(
            "SELECT subject FROM message WHERE direction = 'inbound' AND starts_with(subject, :start)")
        .param("start", start)
        .query(String.class)
        .list();
  }

  /** The subjects of mails that were recorded with that status. */
  public List<String> subjectsOf(String status, String start) {
    return jdbc.sql(
            "SELECT subject FROM inbound_mail WHERE status = :status AND starts_with(subject, :start)")
        .param("status", status)
        .param("start", start)
        .query(String.class)
        .list();
  }

  /** The accounts whose cursor is not just behind the mails that are recorded of their mailbox. */
  public List<String> cursorsApart(Collection<String> accounts) {
    return jdbc.sql(
            """
            SELECT m.account_id::text FROM mailbox m WHERE m.account_id::text = ANY (:accounts)
              AND m.last_uid <> (SELECT coalesce(max(i.uid), 0) FROM inbound_mail i WHERE i.mailbox_id = m.id)
            """)
        .param("accounts", accounts.toArray(String[]::new))
        .query(String.class)
        .list();
  }

  /** The subjects of those messages, one for each event that told of one. */
  public List<String> received(String start) {
    return jdbc.sql(
            """
            SELECT m.subject FROM event e JOIN message m ON m.id = e.message_id
            WHERE e.type = 'message.received' AND starts_with(m.subject, :start)
            """)
        .param("start", start)
        .query(String.class)
        .list();
  }

  /**
   * The subjects of mails marked as possible duplicates that arrived after all that had been read
   * of their mailbox before its UIDVALIDITY changed.
   */
  public List<String> markedWithoutReason() {
    return jdbc.sql(
            """
            SELECT subject FROM inbound_mail marked WHERE possible_duplicate AND NOT EXISTS (
              SELECT FROM inbound_mail before WHERE before.mailbox_id = marked.mailbox_id
                AND before.epoch < marked.epoch AND before.received_at >= marked.received_at)
            """)
        .query(String.class)
        .list();
  }

  /** The ids of the accounts of which an event reported a changed UIDVALIDITY. */
  public List<String> accountsReset() {
    return jdbc.sql("SELECT DISTINCT account_id FROM event WHERE type = 'account.mailbox_reset'")
        .query(String.class)
        .list();
  }
}
