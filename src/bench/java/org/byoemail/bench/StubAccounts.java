package org.byoemail.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.format.mail.AccountId;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Accounts that receive at one IMAP server over TLS, put into the database at once. */
final class StubAccounts {
  private static final int BATCH = 500;

  private final JdbcClient jdbc;

  StubAccounts(DataSource database) {
    this.jdbc = JdbcClient.create(database);
  }

  /** Makes them, ready to be watched; their logins. */
  List<String> create(int count, int port) {
    return create(count, port, login -> "secret");
  }

  /** The same, with a password for each login. */
  List<String> create(int count, int port, UnaryOperator<String> passwords) {
    List<String> logins = new ArrayList<>();
    for (int done = 0; done < count; done += BATCH) {
      logins.addAll(batch(Math.min(BATCH, count - done), port, passwords));
    }
    return logins;
  }

  private List<String> batch(int count, int port, UnaryOperator<String> passwords) {
    List<UUID> ids = new ArrayList<>();
    List<String> logins = new ArrayList<>();
    List<byte[]> sealed = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      AccountId id = AccountId.next();
      ids.add(id.value());
      String login = "user-" + id;
      logins.add(login);
      sealed.add(AccountFixtures.sealed(id, passwords.apply(login)));
    }
    jdbc.sql(
            """
            WITH given AS (
              SELECT * FROM unnest(:ids::uuid[], :logins::text[], :secrets::bytea[]) AS g (id, login, secret)),
            agents AS (INSERT INTO agent (id, organization, name, inbound_policy, created_at)
              SELECT id, 'bench', login, 'open', now() FROM given RETURNING id),
            endpoints AS (INSERT INTO endpoint (id, address, owner_agent_id, created_at)
              SELECT id, login || '@example.test', id, now() FROM given RETURNING id),
            accounts AS (INSERT INTO agent_email_account (id, endpoint_id, agent_id, imap_host, imap_port,
                imap_security, imap_auth, imap_username, imap_secret, imap_verified_at, inbound_enabled,
                created_at, updated_at)
              SELECT id, id, id, 'localhost', :port, 'ssl', 'plain', login, secret, now(), true, now(), now()
              FROM given RETURNING id)
            INSERT INTO mailbox (id, account_id, host, login, folder, uid_validity, last_uid, watched_since,
                created_at)
              SELECT id, id, 'localhost', login, 'INBOX', NULL, NULL, now(), now() FROM given
            """)
        .param("ids", ids.toArray(UUID[]::new))
        .param("logins", logins.toArray(String[]::new))
        .param("secrets", sealed.toArray(byte[][]::new))
        .param("port", port)
        .update();
    return logins;
  }
}
