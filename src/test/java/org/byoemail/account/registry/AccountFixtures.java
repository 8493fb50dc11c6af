package org.byoemail.account.registry;

import io.micrometer.core.instrument.MeterRegistry;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Accounts that are in no database, for tests of what connects with them. */
public final class AccountFixtures {
  /** What they are sealed with. */
  public static final String KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

  private AccountFixtures() {}

  /** Seals and opens with a key of its own. */
  public static Secrets secrets() {
    return secrets(KEY);
  }

  /** Seals with the first of those keys. */
  public static Secrets secrets(String... keys) {
    try {
      return new Secrets(new SecretSettings(List.of(keys)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** How secrets begin that this key has sealed. */
  public static byte[] prefix(String key) {
    return secrets(key).prefix();
  }

  /** The columns of accounts that hold sealed secrets. */
  public static SealedColumns secretColumns() {
    return new AccountSecretColumns();
  }

  /** A node that reseals what the first of its keys has not sealed. */
  public static Resealing resealing(
      DataSource database, Secrets secrets, List<SealedColumns> features, MeterRegistry meters) {
    return new Resealing(
        JdbcClient.create(database),
        new TransactionTemplate(new DataSourceTransactionManager(database)),
        secrets,
        features,
        meters);
  }

  /** A password of the receiving side, as its row keeps it. */
  public static byte[] sealed(AccountId account, String password) {
    return secrets().seal(account, Protocol.IMAP, password).bytes();
  }

  /** An enabled account that sends. */
  public static Account sending(
      String host, int port, ServerSettings.Security security, @Nullable String password) {
    return account(Protocol.SMTP, host, port, security, "agent@example.test", password);
  }

  /** An enabled account that receives. */
  public static Account receiving(
      String host, int port, ServerSettings.Security security, String user, String password) {
    return account(Protocol.IMAP, host, port, security, user, password);
  }

  /** An enabled account that sends and signs in by OAuth 2.0. */
  public static Account byToken(
      String host, int port, ServerSettings.Security security, String user) {
    ServerSettings server =
        new ServerSettings(host, port, security, ServerSettings.Auth.OAUTH2, user, null);
    return account(AccountId.next(), Protocol.SMTP, server);
  }

  /** The same account of another organisation. */
  public static Account of(String organization, Account account) {
    return new Account(
        account.id(),
        account.agent(),
        new OrganizationId(organization),
        account.endpoint(),
        account.address(),
        account.settings(),
        account.smtpVerifiedAt(),
        account.imapVerifiedAt(),
        account.outboundEnabled(),
        account.inboundEnabled(),
        account.pausedAt(),
        account.needsReauthorizationAt(),
        account.authserv(),
        account.version(),
        account.createdAt());
  }

  /** The same account in its next version. */
  public static Account changed(Account account) {
    return new Account(
        account.id(),
        account.agent(),
        account.organization(),
        account.endpoint(),
        account.address(),
        account.settings(),
        account.smtpVerifiedAt(),
        account.imapVerifiedAt(),
        account.outboundEnabled(),
        account.inboundEnabled(),
        account.pausedAt(),
        account.needsReauthorizationAt(),
        account.authserv(),
        account.version() + 1,
        account.createdAt());
  }

  private static Account account(
      Protocol protocol,
      String host,
      int port,
      ServerSettings.Security security,
      String user,
      @Nullable String password) {
    AccountId id = AccountId.next();
    ServerSettings server =
        new ServerSettings(
            host,
            port,
            security,
            password == null ? ServerSettings.Auth.NONE : ServerSettings.Auth.PLAIN,
            user,
            password == null ? null : secrets().seal(id, protocol, password));
    return account(id, protocol, server);
  }

  private static Account account(AccountId id, Protocol protocol, ServerSettings server) {
    boolean smtp = protocol == Protocol.SMTP;
    return new Account(
        id,
        AgentId.next(),
        new OrganizationId("acme"),
        EndpointId.next(),
        EmailAddress.parse("agent@example.test"),
        new AccountSettings(
            null,
            smtp ? server : null,
            smtp ? null : server,
            "INBOX",
            Duration.ofSeconds(120),
            true),
        smtp ? Instant.EPOCH : null,
        smtp ? null : Instant.EPOCH,
        smtp,
        !smtp,
        null,
        null,
        null,
        1,
        Instant.EPOCH);
  }
}
