package org.byoemail.account.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.account.registry.Resealing;
import org.byoemail.account.registry.Resealing.Progress;
import org.byoemail.account.registry.SealedColumn;
import org.byoemail.account.registry.SealedSecret;
import org.byoemail.account.registry.Secrets;
import org.byoemail.format.mail.Ids;
import org.byoemail.support.TestDatabase;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/** Nodes that share a database, while the key that seals is changed. */
class ResealingTest {
  private static final String OLD = AccountFixtures.KEY;
  private static final String NEW = "YWJjZGVmMDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU=";
  private static final String LOST = "bG9zdDAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc=";
  private static final List<String> FIELDS = List.of("smtp", "imap");
  private static final Secrets OLD_SECRETS = AccountFixtures.secrets(OLD);

  private static DriverManagerDataSource database;
  private static JdbcClient jdbc;

  @BeforeAll
  static void connect() {
    Map<String, Object> settings = new HashMap<>();
    TestDatabase.register((name, value) -> settings.put(name, value.get()), "resealing");
    database =
        new DriverManagerDataSource(
            settings.get("spring.datasource.url").toString(),
            settings.get("spring.datasource.username").toString(),
            settings.get("spring.datasource.password").toString());
    jdbc = JdbcClient.create(database);
  }

  @BeforeEach
  void clear() {
    jdbc.sql("TRUNCATE sealing_key, oauth_grant, oauth_client, agent_email_account CASCADE")
        .update();
  }

  @Test
  void twoNodesSealAnewWhateverAnOlderKeySealed() throws Exception {
    List<UUID> accounts = accounts(250, OLD_SECRETS);
    UUID client = client();
    grant(accounts.get(0), client);
    MeterRegistry meters = new SimpleMeterRegistry();
    Resealing first = node(meters, NEW, OLD);
    Resealing second = node(NEW, OLD);

    ExecutorService nodes = Executors.newFixedThreadPool(2);
    try {
      for (var done : nodes.invokeAll(List.<Callable<Object>>of(rounds(first), rounds(second)))) {
        done.get();
      }
    } finally {
      nodes.shutdownNow();
    }
    first.round();

    Secrets present = AccountFixtures.secrets(NEW);
    for (UUID account : accounts) {
      for (String field : FIELDS) {
        assertThat(present.open(account, field, stored(account, field))).isEqualTo(field + account);
      }
    }
    assertThat(present.open(client, "oauth-client", sealed("SELECT secret FROM oauth_client")))
        .isEqualTo("client");
    assertThat(
            present.open(
                accounts.get(0), "oauth-refresh", sealed("SELECT refresh_token FROM oauth_grant")))
        .isEqualTo("refresh");
    assertThat(
            present.open(
                accounts.get(0), "oauth-access", sealed("SELECT access_token FROM oauth_grant")))
        .isEqualTo("access");
    assertThat(first.progress()).contains(new Progress(503, 503, 0));
    assertThat(meters.get("byo.secrets").tag("key", "present").gauge().value()).isEqualTo(503);
    assertThat(meters.get("byo.secrets").tag("key", "older").gauge().value()).isZero();
    assertThat(
            jdbc.sql("SELECT DISTINCT version FROM agent_email_account").query(Long.class).list())
        .containsExactly(1L);
  }

  @Test
  void stopBetweenBatchesLosesNothing() {
    List<UUID> accounts = accounts(150, OLD_SECRETS);
    UUID broken = accounts.get(120);
    jdbc.sql(
            """
            CREATE FUNCTION break_update() RETURNS trigger LANGUAGE plpgsql AS
              $$ BEGIN RAISE EXCEPTION 'the node stops here'; END $$
            """)
        .update();
    jdbc.sql(
            "CREATE TRIGGER break_update BEFORE UPDATE ON agent_email_account FOR EACH ROW WHEN"
                + " (OLD.id = '"
                + broken
                + "') EXECUTE FUNCTION break_update()")
        .update();
    try {
      assertThatThrownBy(() -> node(NEW, OLD).round()).hasMessageContaining("stops here");
      assertThat(sealedWith(NEW, "smtp")).isEqualTo(100);
    } finally {
      jdbc.sql("DROP FUNCTION break_update() CASCADE").update();
    }

    Resealing restarted = node(NEW, OLD);
    restarted.round();

    assertThat(restarted.progress()).contains(new Progress(300, 300, 0));
  }

  @Test
  void secretThatIsBeingChangedIsLeftToTheChange() throws Exception {
    UUID account = accounts(1, OLD_SECRETS).get(0);
    byte[] changed = AccountFixtures.secrets(NEW, OLD).seal(account, "smtp", "another").bytes();
    Resealing node = node(NEW, OLD);
    SingleConnectionDataSource other =
        new SingleConnectionDataSource(database.getConnection(), true);
    try {
      new TransactionTemplate(new DataSourceTransactionManager(other))
          .executeWithoutResult(
              status -> {
                JdbcClient.create(other)
                    .sql(
                        "UPDATE agent_email_account SET smtp_secret = :secret, smtp_verified_at ="
                            + " NULL, version = 2")
                    .param("secret", changed)
                    .update();
                node.round();
              });
    } finally {
      other.destroy();
    }
    byte[] afterChange = stored(account, "smtp").bytes();
    node.round();

    assertThat(afterChange).isEqualTo(changed);
    assertThat(stored(account, "smtp").bytes()).isEqualTo(changed);
    assertThat(node.progress()).contains(new Progress(2, 2, 0));
  }

  @Test
  void secretThatWasChangedSinceItWasReadStays() {
    UUID account = accounts(1, OLD_SECRETS).get(0);
    client();
    grant(account, jdbc.sql("SELECT id FROM oauth_client").query(UUID.class).single());

    for (SealedColumn column : columns()) {
      int written =
          jdbc.sql(column.update())
              .param("owner", account)
              .param("sealed", new byte[] {1, 2, 3})
              .param("fresh", new byte[] {4, 5, 6})
              .update();

      assertThat(written).as(column.toString()).isZero();
    }
  }

  @Test
  void nodeWithAnotherFirstKeySealsNothingBack() {
    accounts(3, OLD_SECRETS);
    Resealing notYetRestarted = node(OLD, NEW);
    notYetRestarted.round();
    Resealing restarted = node(NEW, OLD);
    restarted.round();

    notYetRestarted.round();

    assertThat(sealedWith(NEW, "smtp")).isEqualTo(3);
    assertThat(notYetRestarted.progress()).contains(new Progress(6, 6, 0));
  }

  @Test
  void rowsThatNoKeyOpensAreCountedAndHoldNobodyUp() {
    List<UUID> lost = accounts(101, AccountFixtures.secrets(LOST));
    List<UUID> others = accounts(2, OLD_SECRETS);
    Resealing node = node(NEW, OLD);

    node.round();

    assertThat(node.progress()).contains(new Progress(4, 206, 202));
    assertThat(AccountFixtures.secrets(LOST).open(lost.get(0), "smtp", stored(lost.get(0), "smtp")))
        .isEqualTo("smtp" + lost.get(0));
    assertThat(sealedWith(NEW, "smtp")).isEqualTo(others.size());
  }

  @Test
  void rowCopiedToAnotherAccountOpensNothingAndIsNotSealedAnew() {
    List<UUID> accounts = accounts(2, OLD_SECRETS);
    jdbc.sql(
            """
            UPDATE agent_email_account SET smtp_secret =
              (SELECT smtp_secret FROM agent_email_account WHERE id = :from) WHERE id = :to
            """)
        .param("from", accounts.get(0))
        .param("to", accounts.get(1))
        .update();
    Resealing node = node(NEW, OLD);

    node.round();

    SealedSecret copied = stored(accounts.get(1), "smtp");
    assertThatThrownBy(
            () -> AccountFixtures.secrets(NEW, OLD).open(accounts.get(1), "smtp", copied))
        .isInstanceOf(IllegalStateException.class);
    assertThat(node.progress()).contains(new Progress(3, 4, 1));
  }

  private static Callable<Object> rounds(Resealing node) {
    return () -> {
      for (int i = 0; i < 3; i++) {
        node.round();
      }
      return node;
    };
  }

  private static List<SealedColumn> columns() {
    List<SealedColumn> columns = new ArrayList<>(AccountFixtures.secretColumns().columns());
    columns.addAll(new OAuthSecretColumns().columns());
    return columns;
  }

  private static Resealing node(String... keys) {
    return node(new SimpleMeterRegistry(), keys);
  }

  private static Resealing node(MeterRegistry meters, String... keys) {
    return AccountFixtures.resealing(
        database,
        AccountFixtures.secrets(keys),
        List.of(AccountFixtures.secretColumns(), new OAuthSecretColumns()),
        meters);
  }

  /** Accounts whose passwords are the side and their id. */
  private static List<UUID> accounts(int count, Secrets secrets) {
    List<UUID> ids = new ArrayList<>();
    List<byte[]> smtp = new ArrayList<>();
    List<byte[]> imap = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      UUID id = Ids.next();
      ids.add(id);
      smtp.add(secrets.seal(id, "smtp", "smtp" + id).bytes());
      imap.add(secrets.seal(id, "imap", "imap" + id).bytes());
    }
    jdbc.sql(
            """
            WITH given AS (
              SELECT * FROM unnest(:ids::uuid[], :smtp::bytea[], :imap::bytea[]) AS g (id, smtp, imap)),
            agents AS (INSERT INTO agent (id, organization, name, created_at)
              SELECT id, 'acme', id::text, now() FROM given RETURNING id),
            endpoints AS (INSERT INTO endpoint (id, address, owner_agent_id, created_at)
              SELECT id, id || '@example.test', id, now() FROM agents RETURNING id)
            INSERT INTO agent_email_account (id, endpoint_id, agent_id, smtp_host, smtp_port, smtp_security, smtp_auth,
              smtp_username, smtp_secret, smtp_verified_at, imap_host, imap_port, imap_security, imap_auth,
              imap_username, imap_secret, created_at, updated_at)
            SELECT g.id, g.id, g.id, 'localhost', 25, 'none', 'plain', 'u', g.smtp, now(), 'localhost', 143, 'none',
              'plain', 'u', g.imap, now(), now() FROM given g JOIN endpoints e ON e.id = g.id
            """)
        .param("ids", ids.toArray(UUID[]::new))
        .param("smtp", smtp.toArray(byte[][]::new))
        .param("imap", imap.toArray(byte[][]::new))
        .update();
    return ids;
  }

  private static UUID client() {
    UUID id = Ids.next();
    jdbc.sql(
            """
            INSERT INTO oauth_client (id, organization, provider, kind, client_id, secret, created_at, updated_at)
            VALUES (:id, '', 'google', 'authorization_code', 'c', :secret, now(), now())
            """)
        .param("id", id)
        .param("secret", OLD_SECRETS.seal(id, "oauth-client", "client").bytes())
        .update();
    return id;
  }

  private static void grant(UUID account, UUID client) {
    jdbc.sql(
            """
            INSERT INTO oauth_grant (account_id, provider, client_id, kind, mailbox, refresh_token, access_token,
              created_at, updated_at)
            VALUES (:account, 'google', :client, 'authorization_code', 'a@example.test', :refresh, :access, now(), now())
            """)
        .param("account", account)
        .param("client", client)
        .param("refresh", OLD_SECRETS.seal(account, "oauth-refresh", "refresh").bytes())
        .param("access", OLD_SECRETS.seal(account, "oauth-access", "access").bytes())
        .update();
  }

  private static SealedSecret stored(UUID account, String side) {
    return new SealedSecret(
        jdbc.sql("SELECT " + side + "_secret FROM agent_email_account WHERE id = :id")
            .param("id", account)
            .query(byte[].class)
            .single());
  }

  private static SealedSecret sealed(String select) {
    return new SealedSecret(jdbc.sql(select).query(byte[].class).single());
  }

  private static long sealedWith(String key, String side) {
    return jdbc.sql(
            "SELECT count(*) FROM agent_email_account WHERE substring("
                + side
                + "_secret FOR 5) = :prefix")
        .param("prefix", AccountFixtures.prefix(key))
        .query(Long.class)
        .single();
  }
}
