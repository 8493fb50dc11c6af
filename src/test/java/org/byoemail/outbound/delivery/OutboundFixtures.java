package org.byoemail.outbound.delivery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountSettings;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.ContactPolicy;
import org.byoemail.account.registry.Endpoints;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.Secrets;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.outbound.submission.Submission;
import org.byoemail.outbound.submission.SubmissionSource;
import org.byoemail.outbound.submission.Submissions;
import org.byoemail.support.MailUser;
import org.byoemail.support.TestTables;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Accounts and messages in their states, and what became of them. */
@Component
public class OutboundFixtures {
  private final JdbcClient jdbc;
  private final JdbcClient claiming;
  private final Clock clock;
  private final Agents agents;
  private final Endpoints endpoints;
  private final Accounts accounts;
  private final Secrets secrets;
  private final Deliveries deliveries;
  private final Submissions submissions;
  private final TestTables tables;

  OutboundFixtures(
      JdbcClient jdbc,
      @Qualifier(ClaimDatabase.DATA_SOURCE) DataSource claims,
      Clock clock,
      Agents agents,
      Endpoints endpoints,
      Accounts accounts,
      Secrets secrets,
      Deliveries deliveries,
      Submissions submissions) {
    this.jdbc = jdbc;
    this.claiming = JdbcClient.create(claims);
    this.clock = clock;
    this.agents = agents;
    this.endpoints = endpoints;
    this.accounts = accounts;
    this.secrets = secrets;
    this.deliveries = deliveries;
    this.submissions = submissions;
    this.tables =
        new TestTables(
            jdbc,
            "agent",
            "endpoint",
            "event",
            "message",
            "suppression",
            "sending_pause",
            "sending_stop",
            "rejected_submission");
  }

  public void clear() {
    tables.clear();
  }

  /** An enabled account whose connection is made safe in that way, and which signs in. */
  public Account account(int port, ServerSettings.Security security, String password) {
    return account(port, security, password, ContactPolicy.standard());
  }

  /** An enabled account at a server on loopback, without TLS. */
  public Account account(int port, @Nullable String password) {
    return account(port, password, ContactPolicy.standard());
  }

  public Account account(int port, @Nullable String password, ContactPolicy policy) {
    return account(port, ServerSettings.Security.NONE, password, policy);
  }

  private Account account(
      int port, ServerSettings.Security security, @Nullable String password, ContactPolicy policy) {
    AccountId id = AccountId.next();
    return account(
        id, port, security, "ada-" + id.value() + "@example.test", "ada", password, policy);
  }

  /** An enabled account of a user of a real server on loopback. */
  public Account account(int port, ServerSettings.Security security, MailUser user) {
    return account(
        AccountId.next(),
        port,
        security,
        user.address(),
        user.address(),
        user.password(),
        ContactPolicy.standard());
  }

  private Account account(
      AccountId id,
      int port,
      ServerSettings.Security security,
      String address,
      String login,
      @Nullable String password,
      ContactPolicy policy) {
    Agent agent = agents.create(new OrganizationId("acme"), "Ada", policy);
    ServerSettings smtp =
        new ServerSettings(
            "localhost",
            port,
            security,
            password == null ? ServerSettings.Auth.NONE : ServerSettings.Auth.PLAIN,
            login,
            password == null ? null : secrets.seal(id, Protocol.SMTP, password));
    Account account =
        accounts.create(
            id,
            endpoints.own(agent.id(), EmailAddress.parse(address), "Ada"),
            new AccountSettings(null, smtp, null, "INBOX", Duration.ofSeconds(120), true));
    accounts.verified(account, Protocol.SMTP);
    return accounts.enable(id, Protocol.SMTP, true).orElseThrow();
  }

  /** An enabled account of a user whose mailbox is on another server, without TLS. */
  public Account account(int port, MailUser user, int imapPort) {
    Agent agent = agents.create(new OrganizationId("acme"), "Ada", ContactPolicy.standard());
    AccountId id = AccountId.next();
    ServerSettings smtp =
        new ServerSettings(
            "localhost", port, ServerSettings.Security.NONE, ServerSettings.Auth.NONE, null, null);
    ServerSettings imap =
        new ServerSettings(
            "localhost",
            imapPort,
            ServerSettings.Security.NONE,
            ServerSettings.Auth.PLAIN,
            user.address(),
            secrets.seal(id, Protocol.IMAP, user.password()));
    Account account =
        accounts.create(
            id,
            endpoints.own(agent.id(), EmailAddress.parse(user.address()), "Ada"),
            new AccountSettings(null, smtp, imap, "INBOX", Duration.ofSeconds(120), true));
    accounts.verified(account, Protocol.SMTP);
    return accounts.enable(id, Protocol.SMTP, true).orElseThrow();
  }

  /** An accepted message that is due now. */
  public UUID message(@Nullable Account account, String... recipients) {
    return message(account, clock.instant(), recipients);
  }

  /** An accepted message that is due at a time; without an account, of a sender that has none. */
  public UUID message(@Nullable Account account, Instant dueAt, String... recipients) {
    EndpointId endpoint =
        account == null
            ? endpoints
                .own(
                    agents
                        .create(new OrganizationId("acme"), "Nobody", ContactPolicy.standard())
                        .id(),
                    EmailAddress.parse("nobody-" + Ids.next() + "@example.test"),
                    null)
                .id()
            : account.endpoint();
    UUID message =
        submissions
            .accept(
                SubmissionSource.everyOrganization(),
                new Submission(
                    null,
                    endpoint.value().toString(),
                    "",
                    addresses(recipients).stream().map(to -> new NamedAddress("", to)).toList(),
                    List.of(),
                    List.of(),
                    null,
                    "Hello",
                    "Text.",
                    null,
                    null,
                    List.of(),
                    List.of(),
                    dueAt,
                    null,
                    0,
                    false,
                    false,
                    false,
                    Map.of("order", 7),
                    "00"))
            .messageId()
            .value();
    if (dueAt.isBefore(clock.instant())) {
      jdbc.sql("UPDATE outbound_delivery SET due_at = :due WHERE message_id = :id")
          .param("id", message)
          .param("due", Timestamp.from(dueAt))
          .update();
    }
    return message;
  }

  /** Makes a message due that has to wait. */
  public void makeDue(UUID message) {
    jdbc.sql("UPDATE outbound_delivery SET due_at = statement_timestamp() WHERE message_id = :id")
        .param("id", message)
        .update();
  }

  /** Makes its text so long that no socket takes it at once. */
  public void makeLarge(UUID message) {
    jdbc.sql(
            "UPDATE message SET text_body = repeat(repeat('x', 70) || E'\\n"
                + "', 200000) WHERE id = :id")
        .param("id", message)
        .update();
  }

  /** An attachment whose content was lost: the mail cannot be written. */
  public void attachMissingContent(UUID message) {
    jdbc.sql(
            """
            INSERT INTO attachment (id, organization, message_id, name, content_type, size, sha256, created_at)
            VALUES (:id, 'acme', :message, 'lost.pdf', 'application/pdf', 3, repeat('0', 64), :now)
            """)
        .param("id", Ids.next())
        .param("message", message)
        .param("now", Timestamp.from(clock.instant()))
        .update();
  }

  /** Runs the statement of the route, as a node with so many free workers. */
  public List<Claim> claim(int workers, int perAccount) {
    return claim(workers, perAccount, 1, 0);
  }

  /** The same, as one of several nodes. */
  public List<Claim> claim(int workers, int perAccount, int nodes, int rank) {
    deliveries.markDue(10_000);
    return rows(new UUID(0, 0), workers, perAccount, false, nodes, rank).stream()
        .map(Claim::of)
        .toList();
  }

  /** The same, where accounts that are not used may send by another transport. */
  public List<Claim> claimElsewhere(int workers, int perAccount) {
    deliveries.markDue(10_000);
    return rows(new UUID(0, 0), workers, perAccount, true, 1, 0).stream().map(Claim::of).toList();
  }

  /** The account of the one delivery of a claim that goes on behind an account. */
  public UUID servedBehind(UUID servedLast) {
    return (UUID) rows(servedLast, 1, 3, false, 1, 0).get(0).get("account_id");
  }

  private List<Map<String, Object>> rows(
      UUID servedLast, int workers, int perAccount, boolean elsewhere, int nodes, int rank) {
    // In the transaction of the test, where there is one.
    JdbcClient client =
        TransactionSynchronizationManager.isActualTransactionActive() ? jdbc : claiming;
    return client
        .sql(statement())
        .param(
            "request",
            new ClaimRequest(
                    workers,
                    perAccount,
                    elsewhere,
                    servedLast,
                    "test-" + rank,
                    nodes,
                    rank,
                    Duration.ofSeconds(60))
                .json())
        .query()
        .listOfRows();
  }

  public static String statement() {
    try {
      return new ClassPathResource("sql/claim-deliveries.sql")
          .getContentAsString(StandardCharsets.UTF_8)
          .replaceAll("(?m)^\\s*--.*\n", "")
          .replaceAll(":#\\$\\{bean:claims\\?method=(\\w+)}", ":$1");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The states of the recipients, in the order of their addresses. */
  public List<String> recipients(UUID message) {
    return jdbc.sql("SELECT status FROM message_recipient WHERE message_id = :id ORDER BY address")
        .param("id", message)
        .query(String.class)
        .list();
  }

  public String status(UUID message) {
    return jdbc.sql("SELECT status FROM outbound_submission WHERE message_id = :id")
        .param("id", message)
        .query(String.class)
        .single();
  }

  /** The attempts, each as its state and outcome. */
  public List<String> attempts(UUID message) {
    return jdbc.sql(
            """
            SELECT status || coalesce(' ' || outcome, '') FROM outbound_message_attempt
            WHERE message_id = :id ORDER BY try_number
            """)
        .param("id", message)
        .query(String.class)
        .list();
  }

  /** The errors of its attempts. */
  public List<String> errors(UUID message) {
    return jdbc.sql(
            "SELECT error FROM outbound_message_attempt WHERE message_id = :id ORDER BY try_number")
        .param("id", message)
        .query(String.class)
        .list();
  }

  public Map<String, Object> lastAttempt(UUID message) {
    return jdbc.sql(
            "SELECT * FROM outbound_message_attempt WHERE message_id = :id ORDER BY try_number DESC"
                + " LIMIT 1")
        .param("id", message)
        .query()
        .singleRow();
  }

  /** The row of the delivery; empty where it is gone. */
  public Map<String, Object> delivery(UUID message) {
    List<Map<String, Object>> rows =
        jdbc.sql("SELECT * FROM outbound_delivery WHERE message_id = :id")
            .param("id", message)
            .query()
            .listOfRows();
    return rows.isEmpty() ? Map.of() : rows.get(0);
  }

  public Duration untilDue(UUID message) {
    Timestamp due = (Timestamp) delivery(message).get("due_at");
    return Duration.between(clock.instant(), due.toInstant());
  }

  public List<String> events(UUID message) {
    return jdbc.sql("SELECT type FROM event WHERE message_id = :id ORDER BY sequence")
        .param("id", message)
        .query(String.class)
        .list();
  }

  public String lastEvent(UUID message) {
    return jdbc.sql("SELECT body FROM event WHERE message_id = :id ORDER BY sequence DESC LIMIT 1")
        .param("id", message)
        .query(String.class)
        .single();
  }

  public static List<EmailAddress> addresses(String... addresses) {
    return Arrays.stream(addresses).map(EmailAddress::parse).toList();
  }
}
