package org.byoemail.support;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.UUID;

/**
 * Inbound messages in bulk, indexed for the search: 50 words of which few are frequent, "invoice"
 * in one of 10, "xylophone" in one of 5,000, from 1,000 senders, over the year before.
 */
public final class BulkMessages {
  private static final int CHUNK = 100_000;

  private static final String MESSAGES =
      """
      INSERT INTO message (id, organization, conversation_id, endpoint_id, direction, from_address, from_name,
        to_addresses, subject, text_body, rfc_message_id, headers, created_at)
      SELECT one.id, '%1$s', '%2$s', '%2$s', 'inbound', 'sender' || i %% 1000 || '@example.com', 'A Sender',
        '{us@example.test}', 'Subject ' || i || CASE WHEN i %% 10 = 0 THEN ' invoice' ELSE '' END,
        CASE WHEN i %% 5000 = 0 THEN 'xylophone ' ELSE '' END
          || (SELECT string_agg('w' || (power(random(), 3) * 20000)::int, ' ') FROM generate_series(1, 50) WHERE i >= 0),
        'bulk' || i || '@example.com', '[]', one.at
      FROM generate_series(%3$d, %4$d) i CROSS JOIN LATERAL (
        SELECT at, (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7000' || '8000'
          || lpad(to_hex(i), 12, '0'))::uuid AS id
        FROM (SELECT now() - interval '365 days' * (%5$d - i) / %5$d AS at) t) one
      """;

  private static final String MAILS =
      """
      INSERT INTO inbound_mail (id, organization, mailbox_id, uid_validity, uid, account_id, status, message_id,
        fingerprint, size, sender, subject, authentication, received_at, created_at)
      SELECT id, organization, '%1$s', 2, row_number() OVER (), '%1$s', 'ingested', id, sha256(id::text::bytea),
        1234, from_address, subject, 'pass', created_at, created_at FROM message
      WHERE endpoint_id = '%1$s' AND NOT EXISTS (SELECT 1 FROM inbound_mail m WHERE m.id = message.id)
      """;

  private static final String WORDS =
      """
      INSERT INTO message_search (message_id, organization, language, words)
      SELECT id, organization, 'english',
        array_to_tsvector(ARRAY['=o:' || organization, '=f:' || from_address])
          || setweight(to_tsvector('simple', subject), 'A') || to_tsvector('simple', text_body)
          || to_tsvector('english', text_body)
      FROM message WHERE endpoint_id = '%1$s' ON CONFLICT DO NOTHING
      """;

  private BulkMessages() {}

  /**
   * Adds messages that belong to no account, without checks of foreign keys; needs a superuser. The
   * setting stays for the transaction.
   */
  public static void add(Connection connection, String organization, int count)
      throws SQLException {
    String owner = UUID.randomUUID().toString();
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET session_replication_role = replica");
      for (int from = 1; from <= count; from += CHUNK) {
        int to = Math.min(count, from + CHUNK - 1);
        statement.execute(
            String.format(Locale.ROOT, MESSAGES, organization, owner, from, to, count));
      }
      statement.execute(MAILS.formatted(owner));
      statement.execute(WORDS.formatted(owner));
      statement.execute("SET session_replication_role = DEFAULT");
      statement.execute("ANALYZE message, inbound_mail, message_search");
    }
  }
}
