package org.byoemail.inbound.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.byoemail.inbound.ingest.InboundFixture.await;
import static org.byoemail.inbound.ingest.InboundFixture.mail;
import static org.byoemail.inbound.ingest.InboundFixture.open;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.camel.CamelContext;
import org.apache.camel.support.PluginHelper;
import org.awaitility.Awaitility;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.ContactPolicy;
import org.byoemail.account.registry.ContactPolicy.Mode;
import org.byoemail.account.registry.InboundOptions;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.inbound.ingest.InboundFixture.Server;
import org.byoemail.inbound.mailbox.AccountChangeDispatcher;
import org.byoemail.inbound.mailbox.LeaseHolder;
import org.byoemail.inbound.mailbox.MailboxComponent;
import org.byoemail.inbound.mailbox.MailboxState;
import org.byoemail.inbound.mailbox.MailboxStatus;
import org.byoemail.inbound.mailbox.MailboxWatchers;
import org.byoemail.inbound.mailbox.WatchedFolders;
import org.byoemail.platform.lease.Leases;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.GreenMailServer;
import org.byoemail.support.MailUser;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.support.TransactionTemplate;

/** Two nodes that share mailboxes, each with its routes, over one PostgreSQL and one Redis. */
@InboundRoutesTest
@TestPropertySource(
    properties = {
      "byo.lease.node=one",
      "byo.lease.ttl=3s",
      "byo.lease.transaction-timeout=2s",
      "byo.mailbox.login-interval=0ms",
      "byo.mailbox.reconcile-interval=2s",
      "camel.main.name=one",
      "camel.main.routes-include-pattern=file:routes/error-handling.camel.yaml,"
          + "file:routes/account/changed.camel.yaml,file:routes/inbound/*.camel.yaml,"
          + "file:src/test/resources/routes/bounce/*.camel.yaml"
    })
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SharedMailboxesTest {
  @RegisterExtension static final GreenMailServer GREENMAIL = GreenMailServer.shared();
  @RegisterExtension static final DovecotServer DOVECOT = DovecotServer.shared();

  private static final String ANN = "ann@else.test";
  private static final String ROUTE = "inbound-deliver";
  private static final Path FLAG =
      Path.of(System.getProperty("java.io.tmpdir"), "byo-" + UUID.randomUUID() + ".yaml");

  @Autowired InboundFixture fixture;
  @Autowired ApplicationContext first;
  @Autowired Environment environment;
  @Autowired StringRedisTemplate redis;
  @Autowired TransactionTemplate transactions;

  private final List<Account> accounts = new ArrayList<>();
  private ConfigurableApplicationContext second;

  @DynamicPropertySource
  static void settings(DynamicPropertyRegistry registry) {
    registry.add("byo.email.flag-file", () -> flag("enabled: true").toString());
  }

  /** Writes the flag file of both nodes. */
  private static Path flag(String content) {
    try {
      return Files.writeString(FLAG, content + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @BeforeEach
  void startSecond() {
    if (second == null) {
      second = InboundNodes.second(environment);
    }
    for (ApplicationContext node : List.of(first, second)) {
      await("both nodes", () -> nodes(node), count -> count == 2);
      await("notices", () -> isStarted(node, "account-changed"), started -> started);
    }
  }

  @AfterEach
  void disable() {
    accounts.forEach(fixture::disable);
    await("an end", () -> held(first) + held(second), count -> count == 0);
    accounts.clear();
  }

  @AfterAll
  void stopSecond() throws IOException {
    if (second != null) {
      second.close();
    }
    Files.deleteIfExists(FLAG);
  }

  @Test
  void eachNodeHasItsShareAndBothTellWhoWatchesWhat() {
    watch(4);

    await("shares", () -> List.of(held(first), held(second)), List.of(2, 2)::equals);
    for (Account account : accounts) {
      String holder = states(first).contains(account) ? "one" : "two";
      assertThat(holder(first, account).map(LeaseHolder::node)).contains(holder);
      assertThat(holder(second, account)).isEqualTo(holder(first, account));
    }
  }

  @Test
  void nodeThatComesBackGetsItsShareFromTheOther() throws Exception {
    camel(first).getRouteController().stopRoute(ROUTE);
    watch(6);
    await("all at one", () -> held(second), count -> count == 6);

    camel(first).getRouteController().startRoute(ROUTE);

    await("shares", () -> List.of(held(first), held(second)), List.of(3, 3)::equals);
    accounts.forEach(account -> deliver(account, "after"));
    for (Account account : accounts) {
      await("the mail", () -> fixture.messages(account), List.of("after")::equals);
    }
  }

  @Test
  void heldMailIsRecalledOnceADayByOneOfTheNodes() {
    MailUser user = GREENMAIL.freshUser("shared");
    Server server = new Server(GREENMAIL.imapPort(), Security.NONE, true);
    Account account =
        fixture.enable(
            fixture.account(user, server, new ContactPolicy(Mode.LISTED, Mode.OPEN, List.of(ANN))));
    accounts.add(account);
    deliver(account, "held");
    await("held", () -> fixture.events(account), List.of("mail.held")::equals);

    bothDigest();
    bothDigest();
    assertThat(digests()).hasSize(1);
    assertThat(digests().get(0))
        .contains("\"held\": 1", "\"unproven\": 1", "\"agent\": \"" + account.agent() + "\"");

    fixture.jdbc.sql("UPDATE held_digest SET day = day - 1").update();
    fixture
        .jdbc
        .sql("UPDATE inbound_mail SET verdict = 'authentic' WHERE account_id = :id")
        .param("id", account.id().value())
        .update();
    bothDigest();
    assertThat(digests()).hasSize(2);
    assertThat(digests().get(1)).contains("\"held\": 1", "\"unproven\": 0");

    UUID mail = (UUID) fixture.rows(account).get(0).get("id");
    second.getBean(HeldMails.class).discard(null, mail);
    fixture.jdbc.sql("UPDATE held_digest SET day = day - 1").update();
    bothDigest();
    assertThat(digests()).hasSize(2);
  }

  private void bothDigest() {
    CompletableFuture<?> other =
        CompletableFuture.runAsync(() -> second.getBean(HeldDigest.class).publish());
    first.getBean(HeldDigest.class).publish();
    other.orTimeout(20, TimeUnit.SECONDS).join();
  }

  private List<String> digests() {
    return fixture
        .jdbc
        .sql("SELECT body::text FROM event WHERE type = 'mail.held_digest' ORDER BY id")
        .query(String.class)
        .list();
  }

  @Test
  void pollPauseAndResumeReachTheNodeThatWatches() {
    Account account = watch(1, false).get(0);
    await("a watcher", () -> state(account), state -> state == MailboxState.POLLING);
    ApplicationContext other = states(first).contains(account) ? second : first;
    deliver(account, "polled");

    other.getBean(AccountChangeDispatcher.class).pollNow(account.id());

    // Left alone, it is polled after 30 s at the earliest.
    within(10, () -> fixture.messages(account).equals(List.of("polled")));
    other.getBean(Accounts.class).pause(account.id());
    within(10, () -> held(first) + held(second) == 0);
    assertThat(holder(first, account)).isEmpty();
    other.getBean(Accounts.class).resume(account.id());
    within(10, () -> held(first) + held(second) == 1);
  }

  @Test
  void consumerThatIsStoppedThroughItsOwnBeanHandsItsMailboxesOver() throws Exception {
    watch(4);
    await("shares", () -> List.of(held(first), held(second)), List.of(2, 2)::equals);
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    ObjectName consumer =
        server
            .queryNames(
                new ObjectName(
                    "org.apache.camel:context=one,type=consumers,name=MailboxConsumer*,*"),
                null)
            .iterator()
            .next();

    server.invoke(consumer, "stop", new Object[0], new String[0]);

    await("all at the other", () -> held(second), count -> count == 4);
    assertThat(held(first)).isZero();
    assertThat(first.getBean(MailboxWatchers.class).states()).isEmpty();
    server.invoke(consumer, "start", new Object[0], new String[0]);
    await("shares", () -> List.of(held(first), held(second)), List.of(2, 2)::equals);
  }

  @Test
  void routeThatIsReloadedWatchesOn() throws Exception {
    Account account = watch(1).get(0);
    await("a watcher", () -> state(account), state -> state == MailboxState.IDLE);

    for (ApplicationContext node : List.of(first, second)) {
      PluginHelper.getRoutesLoader(camel(node))
          .updateRoutes(
              PluginHelper.getResourceLoader(camel(node))
                  .resolveResource("file:routes/inbound/deliver.camel.yaml"));
    }
    deliver(account, "after");

    await("the mail", () -> fixture.messages(account), List.of("after")::equals);
    assertThat(held(first) + held(second)).isOne();
  }

  @Test
  void leaseThatRedisGaveToSomebodyElseIsLetGo() {
    Account account = watch(1).get(0);
    await("a watcher", () -> state(account), state -> state == MailboxState.IDLE);
    ApplicationContext node = states(first).contains(account) ? first : second;
    String key = redis.keys("{byo.lease}:????????-*").iterator().next();

    redis.opsForValue().set(key, "somebody-else", Duration.ofSeconds(8));

    await("the end", () -> held(node), count -> count == 0);
    await("another start", () -> held(first) + held(second), count -> count == 1);
    deliver(account, "after");
    await("the mail", () -> fixture.messages(account), List.of("after")::equals);
  }

  @Test
  void flagThatIsSwitchedInTheMiddleOfACatchUpLosesAndDoublesNothing() {
    Account account = watch(1).get(0);
    await("a watcher", () -> state(account), state -> state == MailboxState.IDLE);
    flag("receiving: {enabled: false}");
    within(10, () -> held(first) + held(second) == 0);
    List<String> subjects = IntStream.range(0, 400).mapToObj(i -> "mail " + i).toList();
    subjects.forEach(subject -> deliver(account, subject));
    assertThat(fixture.messages(account)).isEmpty();

    // The first batch of the catch-up waits to be stored until the flag is off again.
    transactions.executeWithoutResult(
        status -> {
          fixture.lockIngestion();
          flag("allow: ['account:" + account.id() + "']");
          inThisTransaction(() -> fixture.waitingForIngestion() > 0);
          flag("deny: ['account:" + account.id() + "']");
          inThisTransaction(() -> !fixture.isReceiving(account));
        });
    within(10, () -> held(first) + held(second) == 0);
    int before = fixture.messages(account).size();
    flag("enabled: true");

    await("all of them", () -> fixture.messages(account).size(), count -> count == 400);
    assertThat(before).isLessThan(400);
    assertThat(fixture.messages(account)).containsExactlyInAnyOrderElementsOf(subjects);
    assertThat(fixture.events(account)).hasSize(400);
  }

  @Test
  void nodesAreListedOverJmx() {
    watch(2);
    await("shares", () -> List.of(held(first), held(second)), List.of(1, 1)::equals);
    MailboxComponent component = camel(first).getComponent("mailbox", MailboxComponent.class);

    assertThat(component.getNodes())
        .hasSize(2)
        .anyMatch(line -> line.startsWith("one-") && line.contains("this node"))
        .anyMatch(line -> line.startsWith("two-"));
    assertThat(component.getHeld()).isOne();
  }

  @Test
  void mailThatLiesInTwoFoldersComesOnceThoughTwoNodesReadThem() throws Exception {
    MailUser user = watchFolders("INBOX", "Support");
    Account account = accounts.get(0);
    await("one folder each", () -> List.of(held(first), held(second)), List.of(1, 1)::equals);
    List<String> subjects = IntStream.range(0, 20).mapToObj(i -> "mail " + i).toList();

    CompletableFuture<Void> inbox = CompletableFuture.runAsync(() -> save(user, "INBOX", subjects));
    save(user, "Support", subjects);
    inbox.get(60, TimeUnit.SECONDS);

    await("both folders", () -> fixture.rows(account).size(), count -> count == 40);
    assertThat(fixture.messages(account)).containsExactlyInAnyOrderElementsOf(subjects);
    assertThat(fixture.subjects(account, "duplicate"))
        .containsExactlyInAnyOrderElementsOf(subjects);
    assertThat(fixture.events(account)).hasSize(20).containsOnly("message.received");
  }

  @Test
  void mailThatTwoNodesHaveDecidedToIngestIsIngestedByOne() {
    MailUser user = watchFolders("INBOX", "Support");
    Account account = accounts.get(0);
    await("one folder each", () -> List.of(held(first), held(second)), List.of(1, 1)::equals);

    transactions.executeWithoutResult(
        status -> {
          fixture.lockFolders(account);
          save(user, "INBOX", List.of("one"));
          save(user, "Support", List.of("one"));
          await("both decided", fixture::waitingForFolders, count -> count == 2);
        });

    await("both folders", () -> fixture.rows(account).size(), count -> count == 2);
    assertThat(fixture.messages(account)).containsExactly("one");
    assertThat(fixture.rows(account))
        .filteredOn(row -> row.get("status").equals("duplicate"))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.get("reason")).asString().contains("another folder");
              assertThat(row.get("raw_sha256")).isNull();
              assertThat(row.get("seen_pending")).isEqualTo(false);
            });
    assertThat(fixture.events(account)).containsExactly("message.received");
  }

  @Test
  void mailThatIsMovedOrCopiedToAnotherFolderComesOnce() {
    MailUser user = watchFolders("INBOX", "Support");
    Account account = accounts.get(0);
    byte[] unidentified =
        new String(mail(ANN, "unidentified"), StandardCharsets.US_ASCII)
            .replaceFirst("Message-ID: .*\r\n", "")
            .getBytes(StandardCharsets.US_ASCII);
    DOVECOT.deliver(user.address(), mail(ANN, "identified"));
    DOVECOT.deliver(user.address(), unidentified);
    await("both mails", () -> fixture.messages(account).size(), count -> count == 2);

    DOVECOT.doveadm("copy", "-u", user.address(), "Support", "mailbox", "INBOX", "all");
    await("the copies", () -> fixture.rows(account).size(), count -> count == 4);
    DOVECOT.doveadm("move", "-u", user.address(), "Support", "mailbox", "INBOX", "all");
    await("the moved", () -> fixture.rows(account).size(), count -> count == 6);
    // Without a Message-ID, what comes back cannot be told apart from new mail.
    DOVECOT.doveadm(
        "move",
        "-u",
        user.address(),
        "INBOX",
        "mailbox",
        "Support",
        "header",
        "Message-ID",
        "@else.test");
    save(user, "Support", List.of("new"));

    await("the new one", () -> fixture.messages(account).size(), count -> count == 3);
    assertThat(fixture.messages(account)).containsExactly("identified", "unidentified", "new");
  }

  @Test
  void folderThatIsAddedIsReadFromItsEndAndOneThatIsRemovedNoMore() {
    MailUser user = watchFolders("INBOX");
    Account account = accounts.get(0);
    DOVECOT.doveadm("mailbox", "create", "-u", user.address(), "Later");
    save(user, "Later", List.of("history"));

    accounts.set(0, fixture.watchInstead(account, List.of("INBOX", "Later")));
    await("two folders", () -> held(first) + held(second), count -> count == 2);
    save(user, "Later", List.of("added"));
    await("the mail", () -> fixture.messages(account), List.of("added")::equals);
    Account removed = fixture.watchInstead(account, List.of("INBOX"));

    await("one folder", () -> held(first) + held(second), count -> count == 1);
    assertThat(removed.inboundEnabled()).isTrue();
    DOVECOT.doveadm("move", "-u", user.address(), "INBOX", "mailbox", "Later", "all");
    DOVECOT.deliver(user.address(), mail(ANN, "after"));
    await("the mail", () -> fixture.messages(account).size(), count -> count == 3);
    // History moved to a watched folder is new there, what was read in the other one is not.
    assertThat(fixture.messages(account)).containsExactlyInAnyOrder("added", "history", "after");
  }

  private MailUser watchFolders(String... folders) {
    MailUser user = DOVECOT.freshUser("folders");
    for (String folder : folders) {
      if (!folder.equals("INBOX")) {
        DOVECOT.doveadm("mailbox", "create", "-u", user.address(), folder);
      }
    }
    Server server = new Server(DOVECOT.imapPort(), Security.NONE, true);
    accounts.add(
        fixture.enable(
            fixture.account(user, server, open(), InboundOptions.DEFAULT, List.of(folders))));
    await("the folders", () -> held(first) + held(second), count -> count == folders.length);
    return user;
  }

  /** Puts the same mail of each subject into a folder, whichever that is. */
  private static void save(MailUser user, String folder, List<String> subjects) {
    for (String subject : subjects) {
      DOVECOT.save(user, folder, mail(ANN, subject, subject.replace(' ', '-') + "@else.test"));
    }
  }

  private List<Account> watch(int count) {
    return watch(count, true);
  }

  private List<Account> watch(int count, boolean idle) {
    for (int i = 0; i < count; i++) {
      MailUser user = GREENMAIL.freshUser("shared");
      Server server = new Server(GREENMAIL.imapPort(), Security.NONE, idle);
      accounts.add(fixture.enable(fixture.account(user, server, open())));
    }
    return accounts;
  }

  private static void deliver(Account account, String subject) {
    GREENMAIL.deliver(GREENMAIL.user(account.address().value()), mail(ANN, subject));
  }

  /** Waits in the thread of a transaction, which must not be idle for long. */
  private static void inThisTransaction(java.util.concurrent.Callable<Boolean> what) {
    Awaitility.await().pollInSameThread().atMost(Duration.ofSeconds(30)).until(what);
  }

  private static void within(int seconds, java.util.concurrent.Callable<Boolean> what) {
    Awaitility.await().atMost(Duration.ofSeconds(seconds)).until(what);
  }

  private MailboxState state(Account account) {
    return java.util.stream.Stream.of(first, second)
        .flatMap(node -> node.getBean(MailboxWatchers.class).states(account.id()).stream())
        .map(MailboxStatus::state)
        .findFirst()
        .orElse(null);
  }

  /** The accounts that a node watches. */
  private Set<Account> states(ApplicationContext node) {
    Set<Account> watched = new HashSet<>(accounts);
    watched.removeIf(account -> node.getBean(MailboxWatchers.class).states(account.id()).isEmpty());
    return watched;
  }

  private static Optional<LeaseHolder> holder(ApplicationContext node, Account account) {
    return node.getBean(WatchedFolders.class).of(List.of(account.id())).get(account.id()).stream()
        .flatMap(folder -> Optional.ofNullable(folder.holder()).stream())
        .findFirst();
  }

  private static int held(ApplicationContext node) {
    return node.getBean(Leases.class).held();
  }

  private static int nodes(ApplicationContext node) {
    return node.getBean(Leases.class).members().map(m -> m.nodes().size()).orElse(0);
  }

  private static CamelContext camel(ApplicationContext node) {
    return node.getBean(CamelContext.class);
  }

  private static boolean isStarted(ApplicationContext node, String route) {
    return camel(node).getRouteController().getRouteStatus(route).isStarted();
  }
}
