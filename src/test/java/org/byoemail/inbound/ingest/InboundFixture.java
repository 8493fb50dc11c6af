package org.byoemail.inbound.ingest;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountSettings;
import org.byoemail.account.registry.Accounts;
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
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.inbound.mailbox.Mailboxes;
import org.byoemail.support.MailUser;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Accounts that receive, and what the database holds of them. */
class InboundFixture {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Agents agents;
  private final Endpoints endpoints;
  private final Accounts accounts;
  private final Secrets secrets;
  private final Mailboxes mailboxes;
  private final Inbox inbox;
  final JdbcClient jdbc;

  InboundFixture(
      Agents agents,
      Endpoints endpoints,
      Accounts accounts,
      Secrets secrets,
      Mailboxes mailboxes,
      Inbox inbox,
      JdbcClient jdbc) {
    this.agents = agents;
    this.endpoints = endpoints;
    this.accounts = accounts;
    this.secrets = secrets;
    this.mailboxes = mailboxes;
    this.inbox = inbox;
    this.jdbc = jdbc;
  }

  /** Where a user's mail is read. */
  record Server(int port, Security security, boolean idle) {}

  /** An account that was tested; its inbound side is off. */
  Account account(MailUser user, Server server, ContactPolicy policy) {
    return account(user, server, policy, InboundOptions.DEFAULT);
  }

  Account account(MailUser user, Server server, ContactPolicy policy, InboundOptions options) {
    return account(user, server, policy, options, List.of("INBOX"));
  }

  Account account(
      MailUser user,
      Server server,
      ContactPolicy policy,
      InboundOptions options,
      List<String> folders) {
    Agent agent = agents.create(new OrganizationId("acme"), user.address(), policy);
    Endpoint endpoint = endpoints.own(agent.id(), EmailAddress.parse(user.address()), null);
    AccountId id = AccountId.next();
    ServerSettings imap =
        new ServerSettings(
            "localhost",
            server.port(),
            server.security(),
            Auth.PLAIN,
            user.address(),
            secrets.seal(id, Protocol.IMAP, user.password()));
    Account account =
        accounts.create(
            id,
            endpoint,
            new AccountSettings(
                null,
                null,
                imap,
                folders,
                AccountSettings.MIN_POLL_INTERVAL,
                server.idle(),
                options));
    accounts.verified(account, Protocol.IMAP);
    return account;
  }

  /** Starts at the end of the folder, and receives. */
  Account enable(Account account) {
    mailboxes.baseline(account);
    return accounts.enable(account.id(), Protocol.IMAP, true).orElseThrow();
  }

  void baseline(Account account) {
    mailboxes.baseline(account);
  }

  /** A message that the agent sent to that address. */
  void wroteTo(Account account, String recipient) {
    wroteTo(account, recipient, null);
  }

  /** The same, with a Message-ID; returns its id. */
  UUID wroteTo(Account account, String recipient, @Nullable String messageId) {
    UUID conversation = UUID.randomUUID();
    UUID message = Ids.next();
    jdbc.sql(
            "INSERT INTO conversation (id, agent_id, subject, created_at, last_message_at) VALUES"
                + " (:id, :agent, '', now(), now())")
        .param("id", conversation)
        .param("agent", account.agent().value())
        .update();
    jdbc.sql(
            "INSERT INTO message (id, organization, conversation_id, endpoint_id, direction,"
                + " from_address, subject, rfc_message_id, created_at) VALUES (:id, 'acme',"
                + " :conversation, :endpoint, 'outbound', :from, '', :messageId, now())")
        .param("messageId", messageId)
        .param("id", message)
        .param("conversation", conversation)
        .param("endpoint", account.endpoint().value())
        .param("from", account.address().value())
        .update();
    alsoSentTo(message, recipient);
    return message;
  }

  /** Another recipient of a message. */
  void alsoSentTo(UUID message, String recipient) {
    jdbc.sql(
            "INSERT INTO message_recipient (message_id, address, kind, status, updated_at) VALUES"
                + " (:message, :address, 'to', 'sent', now())")
        .param("message", message)
        .param("address", recipient)
        .update();
  }

  /** The actions that the audit log has of an object. */
  List<String> audited(UUID object) {
    return jdbc.sql("SELECT action FROM audit_entry WHERE subject = :id ORDER BY id")
        .param("id", object)
        .query(String.class)
        .list();
  }

  /** Has the account's undecided mail judged again now. */
  void dueNow(Account account) {
    jdbc.sql(
            "UPDATE inbound_mail SET recheck_at = now() WHERE account_id = :account AND recheck_at"
                + " IS NOT NULL")
        .param("account", account.id().value())
        .update();
  }

  /** As if so many further mails were held as a held one is. */
  void holdAlso(UUID mail, int count) {
    jdbc.sql(
            """
            INSERT INTO inbound_mail (id, organization, mailbox_id, uid_validity, epoch, uid, account_id, status,
              fingerprint, size, sender, created_at, verdict, held_at, held_agent)
            SELECT gen_random_uuid(), organization, mailbox_id, uid_validity, epoch, uid + 100000 + n, account_id, status,
              sha256(n::text::bytea), size, sender, created_at, verdict, held_at, held_agent
            FROM inbound_mail, generate_series(1, :count) n WHERE id = :mail
            """)
        .param("mail", mail)
        .param("count", count)
        .update();
  }

  /** As if all that was stored of a mail had been committed, but neither cursor nor mark. */
  void crashedBeforeCursorAndMark(Account account) {
    jdbc.sql("UPDATE mailbox SET last_uid = 0 WHERE account_id = :account")
        .param("account", account.id().value())
        .update();
    jdbc.sql("UPDATE inbound_mail SET seen_pending = true WHERE account_id = :account")
        .param("account", account.id().value())
        .update();
  }

  /** As if the server had another UIDVALIDITY when it is next asked. */
  void numberedAnew(Account account) {
    jdbc.sql("UPDATE mailbox SET uid_validity = uid_validity + 1 WHERE account_id = :account")
        .param("account", account.id().value())
        .update();
  }

  /** From now on the database refuses messages of that subject, with that SQLSTATE. */
  void breakMessagesWithSubject(String subject, String sqlState) {
    unbreak();
    jdbc.sql(
            "CREATE FUNCTION break_message() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                + " IF NEW.subject = '"
                + subject
                + "' THEN RAISE EXCEPTION 'as the test wants' USING ERRCODE = '"
                + sqlState
                + "'; END IF; RETURN NEW; END $$")
        .update();
    jdbc.sql(
            "CREATE TRIGGER break_message BEFORE INSERT ON message FOR EACH ROW EXECUTE FUNCTION"
                + " break_message()")
        .update();
  }

  void unbreak() {
    jdbc.sql("DROP FUNCTION IF EXISTS break_message() CASCADE").update();
  }

  /** How many reports have come through. */
  long bounces(Account account) {
    return jdbc.sql("SELECT count(*) FROM bounce WHERE account_id = :account")
        .param("account", account.id().value())
        .query(Long.class)
        .single();
  }

  List<Map<String, Object>> attachments(Account account) {
    return jdbc.sql(
            "SELECT a.* FROM attachment a JOIN message m ON m.id = a.message_id WHERE m.endpoint_id"
                + " = :endpoint ORDER BY a.position")
        .param("endpoint", account.endpoint().value())
        .query()
        .listOfRows();
  }

  /** A mail that its server did not give, at a UID of the present folder. */
  UUID unfetchable(Account account, long uid) {
    return jdbc.sql(
            """
            INSERT INTO inbound_mail (id, organization, mailbox_id, uid_validity, epoch, uid, account_id, status,
              reason, fingerprint, size, raw_header_only, created_at)
            SELECT gen_random_uuid(), 'acme', id, uid_validity, epoch, :uid, account_id, 'quarantined',
              'unfetchable', '', 0, true, now() FROM mailbox WHERE account_id = :account RETURNING id
            """)
        .param("uid", uid)
        .param("account", account.id().value())
        .query(UUID.class)
        .single();
  }

  /** As if the server had not given the account's only mail. */
  UUID asIfUnfetchable(Account account) {
    return jdbc.sql(
            """
            UPDATE inbound_mail SET status = 'quarantined', reason = 'unfetchable', message_id = NULL,
              raw_sha256 = NULL, raw_offset = NULL, raw_length = NULL, raw_header_only = true
            WHERE account_id = :account RETURNING id
            """)
        .param("account", account.id().value())
        .query(UUID.class)
        .single();
  }

  /** Changes the folders of an account that receives, tests it, and receives again. */
  Account watchInstead(Account account, List<String> folders) {
    AccountSettings old = account.settings();
    Account changed =
        accounts
            .update(
                account.id(),
                new AccountSettings(
                    old.displayName(),
                    old.smtp(),
                    old.imap(),
                    folders,
                    old.pollInterval(),
                    old.idle(),
                    old.inbound()))
            .orElseThrow();
    if (changed.inboundEnabled()) {
      return changed;
    }
    accounts.verified(changed, Protocol.IMAP);
    return enable(changed);
  }

  /** The same account, which sends over a server on loopback without TLS and AUTH. */
  Account sendingOver(Account account, int port) {
    AccountSettings old = account.settings();
    return accounts
        .update(
            account.id(),
            new AccountSettings(
                old.displayName(),
                new ServerSettings("localhost", port, Security.NONE, Auth.NONE, null, null),
                old.imap(),
                old.folders(),
                old.pollInterval(),
                old.idle(),
                old.inbound()))
        .orElseThrow();
  }

  /** Has the account sign in at its SMTP server as somebody else. */
  void asUser(Account account, String username, int port) {
    jdbc.sql(
            "UPDATE agent_email_account SET smtp_username = :username, smtp_port = :port WHERE id ="
                + " :id")
        .param("username", username)
        .param("port", port)
        .param("id", account.id().value())
        .update();
  }

  /** Moves the account's agent into another organisation. */
  void moveToOrganization(Account account, String organization) {
    jdbc.sql("UPDATE agent SET organization = :organization WHERE id = :agent")
        .param("organization", organization)
        .param("agent", account.agent().value())
        .update();
  }

  /** Keeps mail of the account's folders from being stored until the transaction ends. */
  void lockFolders(Account account) {
    jdbc.sql("SELECT 1 FROM pg_advisory_xact_lock(hashtextextended('folders of ' || :account, 0))")
        .param("account", account.id().toString())
        .query(Integer.class)
        .single();
  }

  /** How many transactions wait for such a lock. */
  long waitingForFolders() {
    return jdbc.sql(
            """
            SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """)
        .query(Long.class)
        .single();
  }

  /** Keeps mail from being recorded until the transaction ends. */
  void lockIngestion() {
    jdbc.sql("LOCK TABLE inbound_mail IN SHARE MODE").update();
  }

  /** How many transactions wait for that lock. */
  long waitingForIngestion() {
    return jdbc.sql(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation ="
                + " 'inbound_mail'::regclass")
        .query(Long.class)
        .single();
  }

  /** Whether the rollout has the account used for receiving. */
  boolean isReceiving(Account account) {
    return jdbc.sql("SELECT receiving FROM account_rollout WHERE account_id = :id")
        .param("id", account.id().value())
        .query(Boolean.class)
        .single();
  }

  Account disable(Account account) {
    return accounts.enable(account.id(), Protocol.IMAP, false).orElseThrow();
  }

  static ContactPolicy open() {
    return new ContactPolicy(ContactPolicy.Mode.OPEN, ContactPolicy.Mode.OPEN, List.of());
  }

  /** A short plain mail. */
  static byte[] mail(String from, String subject) {
    return mail(from, subject, UUID.randomUUID() + "@else.test");
  }

  static byte[] mail(String from, String subject, String messageId) {
    return """
    From: Ann Other <%s>
    To: agent@example.test
    Subject: %s
    Message-ID: <%s>
    Date: Tue, 24 Nov 2026 10:00:00 +0000

    This is %s.
    """
        .formatted(from, subject, messageId, subject)
        .replace("\n", "\r\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** The id of a mail that tells the owner of the mailbox of a connect link that was used. */
  UUID connectNotice(Account account) {
    UUID id = UUID.randomUUID();
    jdbc.sql(
            """
            INSERT INTO connect_link (id, token_sha256, organization, agent_id, sign_in, created_by,
              created_at, expires_at, browser_sha256, opened_at, account_id, used_at, notice_id)
            VALUES (:id, :token, 'o', :agent, '{}', 'test', now(), now(), '', now(), :account, now(), :id)
            """)
        .param("id", id)
        .param("token", id.toString().getBytes(StandardCharsets.UTF_8))
        .param("agent", account.agent().value())
        .param("account", account.id().value())
        .update();
    return id;
  }

  /** The subjects of what was read from the account's mailboxes and has that status, in order. */
  List<String> subjects(Account account, String status) {
    return jdbc.sql(
            "SELECT subject FROM inbound_mail WHERE account_id = :account AND status = :status"
                + " ORDER BY id")
        .param("account", account.id().value())
        .param("status", status)
        .query(String.class)
        .list();
  }

  /** All rows of inbound_mail of the account. */
  List<Map<String, Object>> rows(Account account) {
    return jdbc.sql("SELECT * FROM inbound_mail WHERE account_id = :account ORDER BY id")
        .param("account", account.id().value())
        .query()
        .listOfRows();
  }

  /** The subjects of the messages of the account's endpoint. */
  List<String> messages(Account account) {
    return jdbc.sql("SELECT subject FROM message WHERE endpoint_id = :endpoint ORDER BY id")
        .param("endpoint", account.endpoint().value())
        .query(String.class)
        .list();
  }

  long textLength(Account account) {
    return jdbc.sql("SELECT length(text_body) FROM message WHERE endpoint_id = :endpoint")
        .param("endpoint", account.endpoint().value())
        .query(Long.class)
        .single();
  }

  /** How many bytes are kept of each mail. */
  List<Long> rawSizes(Account account) {
    return inbox.list(new InboxFilter(null, account.id(), null, null, null), 100).stream()
        .map(item -> inbox.raw(item).orElseThrow())
        .map(
            raw -> {
              try (raw) {
                return raw.transferTo(OutputStream.nullOutputStream());
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            })
        .toList();
  }

  long lastUid(Account account) {
    return jdbc.sql("SELECT last_uid FROM mailbox WHERE account_id = :account")
        .param("account", account.id().value())
        .query(Long.class)
        .single();
  }

  List<String> eventBodies(Account account) {
    return jdbc.sql("SELECT body FROM event WHERE account_id = :account ORDER BY recorded")
        .param("account", account.id().value())
        .query(String.class)
        .list();
  }

  List<String> events(Account account) {
    return jdbc.sql("SELECT type FROM event WHERE account_id = :account ORDER BY recorded")
        .param("account", account.id().value())
        .query(String.class)
        .list();
  }

  static <T> T await(String what, java.util.concurrent.Callable<T> value, Function<T, Boolean> is) {
    return Awaitility.await(what)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(value, is::apply);
  }
}
