package org.byoemail.inbound.mailbox;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealth;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.account.registry.AccountSettings;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.ContactPolicy;
import org.byoemail.account.registry.Endpoint;
import org.byoemail.account.registry.Endpoints;
import org.byoemail.account.registry.InboundOptions;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.Secrets;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.account.registry.ServerSettings.Auth;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.platform.lease.Lease;
import org.byoemail.support.MailUser;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Accounts in the database, and what it holds of their mailboxes. */
class MailboxFixture {
  private final Agents agents;
  private final Endpoints endpoints;
  private final Accounts accounts;
  private final Secrets secrets;
  private final AccountHealthRepository accountHealth;
  private final MailboxRows rows;
  private final JdbcClient jdbc;

  MailboxFixture(
      Agents agents,
      Endpoints endpoints,
      Accounts accounts,
      Secrets secrets,
      AccountHealthRepository accountHealth,
      MailboxRows rows,
      JdbcClient jdbc) {
    this.agents = agents;
    this.endpoints = endpoints;
    this.accounts = accounts;
    this.secrets = secrets;
    this.accountHealth = accountHealth;
    this.rows = rows;
    this.jdbc = jdbc;
  }

  /** A new account that receives at a host of its own. */
  Account account() {
    return account(UUID.randomUUID() + ".example.test", "INBOX");
  }

  Account account(String host, String folder) {
    return create(id -> settings(server(id, host, 993, Security.SSL, "ada"), folder));
  }

  /** A new account with a login of its own at a server without TLS. */
  Account account(int port) {
    return account(port, Security.NONE);
  }

  Account account(int port, Security security) {
    String login = UUID.randomUUID().toString();
    return create(id -> settings(server(id, "localhost", port, security, login), "INBOX"));
  }

  /** The same, with its mailbox read in that way. */
  Account account(int port, InboundOptions options) {
    String login = UUID.randomUUID().toString();
    return create(
        id ->
            new AccountSettings(
                null,
                null,
                server(id, "localhost", port, Security.NONE, login),
                "INBOX",
                AccountSettings.DEFAULT_POLL_INTERVAL,
                true,
                options));
  }

  /** A new account that is polled at that interval, of a user of a server with TLS. */
  Account polled(MailUser user, int port, Duration interval) {
    return create(
        id -> {
          ServerSettings imap =
              new ServerSettings(
                  "localhost",
                  port,
                  Security.SSL,
                  Auth.PLAIN,
                  user.address(),
                  secrets.seal(id, Protocol.IMAP, user.password()));
          return new AccountSettings(null, null, imap, "INBOX", interval, false);
        });
  }

  /** A new account that wants older mail, too. */
  Account backfilled(Instant since) {
    return account(993, new InboundOptions(null, null, since));
  }

  /** A new account that watches these folders. */
  Account account(List<String> folders) {
    return create(
        id -> settings(server(id, UUID.randomUUID() + ".test", 993, Security.SSL, "ada"), folders));
  }

  AccountSettings settings(ServerSettings imap, List<String> folders) {
    return new AccountSettings(
        null,
        null,
        imap,
        folders,
        AccountSettings.DEFAULT_POLL_INTERVAL,
        true,
        InboundOptions.DEFAULT);
  }

  AccountSettings settings(ServerSettings imap, String folder) {
    return new AccountSettings(
        null, null, imap, folder, AccountSettings.DEFAULT_POLL_INTERVAL, true);
  }

  ServerSettings server(AccountId id, String host, int port, Security security, String login) {
    return new ServerSettings(
        host, port, security, Auth.PLAIN, login, secrets.seal(id, Protocol.IMAP, "secret"));
  }

  private Account create(Function<AccountId, AccountSettings> settings) {
    String name = "agent-" + UUID.randomUUID() + "@example.test";
    Agent agent = agents.create(new OrganizationId("acme"), name, ContactPolicy.standard());
    Endpoint endpoint = endpoints.own(agent.id(), EmailAddress.parse(name), null);
    AccountId id = AccountId.next();
    return accounts.create(id, endpoint, settings.apply(id));
  }

  /** Lets everybody write to the account's agent. */
  void openToAll(Account account) {
    jdbc.sql("UPDATE agent SET inbound_policy = 'open' WHERE id = :id")
        .param("id", account.agent().value())
        .update();
  }

  /** A new lease, which fences off the previous holder. */
  Lease lease(Account account) {
    MailboxId mailbox = mailbox(account).id();
    return new Lease(
        mailbox,
        jdbc.sql("UPDATE mailbox SET fence = fence + 1 WHERE id = :mailbox RETURNING fence")
            .param("mailbox", mailbox.value())
            .query(Long.class)
            .single());
  }

  Mailbox mailbox(Account account) {
    return rows.of(account.id()).orElseThrow();
  }

  void fails(Account account, String error) {
    accountHealth.failed(account, Protocol.IMAP, error);
  }

  AccountHealth health(Account account) {
    return accountHealth.of(account.id(), Protocol.IMAP);
  }

  List<String> events(Account account) {
    return jdbc.sql("SELECT type FROM event WHERE account_id = :account ORDER BY recorded")
        .param("account", account.id().value())
        .query(String.class)
        .list();
  }

  /** A mail that was taken in by a watcher which then died before it marked it read. */
  void takenIn(Account account, long uid) {
    takenIn(account, uid, AfterIngest.SEEN, null);
  }

  void takenIn(Account account, long uid, AfterIngest action, @Nullable Instant receivedAt) {
    Mailbox mailbox = mailbox(account);
    jdbc.sql(
            """
            INSERT INTO inbound_mail (id, organization, mailbox_id, uid_validity, uid, account_id, status,
              fingerprint, size, seen_pending, after_action, received_at, created_at)
            VALUES (:id, 'acme', :mailbox, :validity, :uid, :account, 'ingested', '', 0, true, :action,
              :receivedAt, now())
            """)
        .param("id", Ids.next())
        .param("mailbox", mailbox.id().value())
        .param("validity", mailbox.cursor().uidValidity())
        .param("uid", uid)
        .param("account", account.id().value())
        .param("action", action.word())
        .param("receivedAt", SqlTimestamps.parameter(receivedAt))
        .update();
  }

  long pending(Account account) {
    return jdbc.sql(
            "SELECT count(*) FROM inbound_mail WHERE account_id = :account AND seen_pending")
        .param("account", account.id().value())
        .query(Long.class)
        .single();
  }
}
