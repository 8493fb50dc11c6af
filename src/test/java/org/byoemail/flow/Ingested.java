package org.byoemail.flow;

import java.util.Collection;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the database holds of mails that were taken in. */
final class Ingested {
  private final JdbcClient jdbc;

  Ingested(DataSource database) {
    this.jdbc = JdbcClient.create(database);
  }

  /** The subjects of messages that begin so, one for each message. */
  List<String> subjects(String start) {
    return jdbc.sql(
            "SELECT subject FROM message WHERE direction = 'inbound' AND starts_with(subject, :start)")
        .param("start", start)
        .query(String.class)
        .list();
  }

  /** The accounts whose cursor is not just behind the mails that are recorded of their mailbox. */
  List<String> cursorsApart(Collection<String> accounts) {
    return jdbc.sql(
            """
            SELECT m.account_id::text FROM mailbox m WHERE m.account_id::text = ANY (:accounts)
              AND m.last_uid <> (SELECT coalesce(max(i.uid), 0) FROM inbound_mail i WHERE i.mailbox_id = m.id)
            """)
        .param("accounts", accounts.toArray(String[]::new))
        .query(String.class)
        .list();
  }

  /** How many events told of those messages. */
  long events(String start) {
    return jdbc.sql(
            """
            SELECT count(*) FROM event e JOIN message m ON m.id = e.message_id
            WHERE e.type = 'message.received' AND starts_with(m.subject, :start)
            """)
        .param("start", start)
        .query(Long.class)
        .single();
  }
}
