package org.byoemail.inbound.mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.account.registry.AccountSettings;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.platform.lease.Lease;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** The mailbox of an account follows its settings, in the transaction that changes them. */
@MailboxTest
class MailboxesTest {
  @Autowired MailboxFixture fixture;
  @Autowired MailboxRows rows;
  @Autowired Accounts accounts;
  @Autowired AccountHealthRepository accountHealth;
  @Autowired JdbcClient jdbc;
  @Autowired TransactionTemplate transactions;

  @Test
  void anotherFolderIsAnotherMailboxWithItsOwnBaseline() {
    Account account = fixture.account();
    Mailbox before = fixture.mailbox(account);
    rows.establish(before.id(), new Cursor(7, 41));

    accounts.update(account.id(), inFolder(account, "Archive"));

    Mailbox after = fixture.mailbox(account);
    assertThat(after.id()).isNotEqualTo(before.id());
    assertThat(after.cursor()).isNull();
    assertThat(rows.find(before.id())).isEmpty();
  }

  @Test
  void changeOfAnythingElseKeepsTheMailbox() {
    Account account = fixture.account();
    Mailbox before = fixture.mailbox(account);
    AccountSettings old = account.settings();

    accounts.update(
        account.id(),
        new AccountSettings(
            "Ada", null, old.imap(), "inbox", old.pollInterval().plusSeconds(1), false));

    assertThat(fixture.mailbox(account)).isEqualTo(before);
  }

  @Test
  void watcherWhoseLeaseIsGoneNotesNothingOfMail() {
    Account account = fixture.account();
    rows.establish(fixture.mailbox(account).id(), new Cursor(7, 41));
    fixture.takenIn(account, 41);
    jdbc.sql("UPDATE inbound_mail SET status = 'quarantined', refetch_at = now()").update();
    MailboxContext stale = reading(account, fixture.lease(account));
    MailboxContext current = reading(account, fixture.lease(account));
    QuarantinedMail quarantined = rows.refetchRequests(stale).get(0);

    rows.done(stale, List.of(41L));
    rows.refetchDone(stale, quarantined, "stale");

    assertThat(fixture.pending(account)).isEqualTo(1);
    assertThat(rows.refetchRequests(current)).containsExactly(quarantined);
    rows.done(current, List.of(41L));
    rows.refetchDone(current, quarantined, "current");
    assertThat(fixture.pending(account)).isZero();
    assertThat(rows.refetchRequests(current)).isEmpty();
  }

  @Test
  void requestsAreFoundWithoutReadingAllMailsOfTheMailbox() {
    Account account = fixture.account();
    MailboxId mailbox = fixture.mailbox(account).id();
    rows.establish(mailbox, new Cursor(7, 41));
    fixture.takenIn(account, 41);

    String plan =
        transactions.execute(
            status -> {
              status.setRollbackOnly();
              jdbc.sql(
                      """
                      INSERT INTO inbound_mail SELECT (jsonb_populate_record(i, jsonb_build_object(
                        'id', gen_random_uuid(), 'uid', 41 + n, 'message_id', NULL, 'seen_pending', false))).*
                      FROM inbound_mail i, generate_series(1, 5000) n WHERE i.mailbox_id = :mailbox
                      """)
                  .param("mailbox", mailbox.value())
                  .update();
              return plan(MailboxRows.REFETCH_REQUESTED, mailbox)
                  + plan(MailboxRows.SEEN_PENDING + " ORDER BY i.uid LIMIT 100", mailbox);
            });

    assertThat(plan)
        .contains("inbound_mail_refetch_place", "inbound_mail_seen_place")
        .doesNotContain("epoch_uid_key", "Seq Scan");
  }

  private String plan(String condition, MailboxId mailbox) {
    return String.join(
        "\n",
        jdbc.sql("EXPLAIN SELECT i.uid FROM inbound_mail i WHERE " + condition)
            .param("mailbox", mailbox.value())
            .param("validity", 7L)
            .param("epoch", 0)
            .query(String.class)
            .list());
  }

  @Test
  void whoMerelyNamesAPlaceOfAnotherHasNone() {
    String host = freshHost();
    Account first = fixture.account(host, "INBOX");
    Account second = fixture.account(host, "Second");

    accounts.update(second.id(), inFolder(second, "INBOX"));

    assertThat(rows.of(second.id())).isEmpty();
    assertThat(rows.of(first.id())).isPresent();
  }

  @Test
  void whoProvesAPlaceTakesItFromWhoMerelyNamedIt() {
    String host = freshHost();
    Account namer = fixture.account(host, "INBOX");
    MailboxId named = fixture.mailbox(namer).id();
    Account prover = fixture.account(host, "INBOX");

    accounts.verified(prover, Protocol.IMAP);

    assertThat(rows.find(named)).isEmpty();
    assertThat(rows.of(namer.id())).isEmpty();
    assertThat(fixture.mailbox(prover).key().host()).isEqualTo(host);
    assertThat(fixture.events(namer)).isEmpty();
  }

  @Test
  void whoProvedAPlaceKeepsItWhileItIsAtWork() {
    String host = freshHost();
    Account holder = receiving(fixture.account(host, "INBOX"));
    Mailbox before = fixture.mailbox(holder);
    Account second = fixture.account(host, "INBOX");

    assertThatThrownBy(() -> accounts.verified(second, Protocol.IMAP))
        .isInstanceOf(MailboxTaken.class)
        .hasMessageContaining("INBOX")
        .hasMessageContaining(host)
        .hasMessageContaining(holder.id().toString())
        .hasMessageNotContaining("ada");

    assertThat(fixture.mailbox(holder)).isEqualTo(before);
    assertThat(accounts.find(second.id()).orElseThrow().imapVerifiedAt()).isNull();
  }

  @Test
  void accountOfAnotherOrganizationIsNotToldWhoHasAPlace() {
    String host = freshHost();
    Account holder = receiving(fixture.account(host, "INBOX"));
    Account second = fixture.account(host, "INBOX");
    jdbc.sql("UPDATE agent SET organization = 'rival' WHERE id = :id")
        .param("id", second.agent().value())
        .update();

    assertThatThrownBy(() -> accounts.verified(second, Protocol.IMAP))
        .isInstanceOf(MailboxTaken.class)
        .hasMessageNotContaining(holder.id().toString())
        .hasMessageNotContaining("another")
        .hasMessageNotContaining("belongs");
  }

  @Test
  void whoProvedAPlaceLosesItWhileItIsDisabledOrFails() {
    String host = freshHost();
    Account failing = receiving(fixture.account(host, "INBOX"));
    fixture.fails(failing, "refused the sign-in");
    Account second = fixture.account(host, "INBOX");
    Account third = fixture.account(host, "INBOX");

    accounts.verified(second, Protocol.IMAP);
    accounts.verified(third, Protocol.IMAP);

    for (Account former : List.of(failing, second)) {
      Account now = accounts.find(former.id()).orElseThrow();
      assertThat(now.inboundEnabled()).isFalse();
      assertThat(now.imapVerifiedAt()).isNull();
      assertThat(now.version()).isGreaterThan(former.version());
      assertThat(fixture.health(former).error()).contains("test the IMAP settings");
      assertThat(fixture.events(former)).contains("account.error");
      assertThat(rows.of(former.id())).isEmpty();
    }
    assertThat(rows.of(third.id())).isPresent();
  }

  @Test
  void pausedAccountKeepsItsPlace() {
    String host = freshHost();
    Account paused = receiving(fixture.account(host, "INBOX"));
    accounts.pause(paused.id());
    Account second = fixture.account(host, "INBOX");

    assertThatThrownBy(() -> accounts.verified(second, Protocol.IMAP))
        .isInstanceOf(MailboxTaken.class);
  }

  @Test
  void accountThatNeedsReauthorizationKeepsItsPlace() {
    String host = freshHost();
    Account stopped = receiving(fixture.account(host, "INBOX"));
    accounts.needReauthorization(stopped.id());
    Account second = fixture.account(host, "INBOX");

    assertThatThrownBy(() -> accounts.verified(second, Protocol.IMAP))
        .isInstanceOf(MailboxTaken.class);
  }

  @Test
  void newPasswordKeepsTheMailboxUntilAnotherProvesIt() {
    Account account = receiving(fixture.account());
    Mailbox before = fixture.mailbox(account);
    ServerSettings imap = account.server(Protocol.IMAP);

    accounts.update(account.id(), fixture.settings(imap.withSecret(null), "INBOX"));

    assertThat(fixture.mailbox(account)).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({
    "Ada@Exámple.test, imap.Bücher.example.",
    "' ada@exámple.TEST ', IMAP.xn--bcher-kva.example",
    "ADA@EXA\u0301MPLE.TEST, imap.bücher.example"
  })
  void samePlaceIsKnownHoweverItIsTyped(String login, String host) {
    MailboxKey key = new MailboxKey(host, login, "INBOX");

    assertThat(key.isSameAs(new MailboxKey("imap.bücher.example", "ada@exámple.test", "INBOX")))
        .isTrue();
    assertThat(key.isSameAs(new MailboxKey("imap.bücher.example", "ada", "INBOX"))).isFalse();
    assertThat(key.isSameAs(new MailboxKey("bücher.example", "ada@exámple.test", "INBOX")))
        .isFalse();
    assertThat(key.isSameAs(new MailboxKey(host, login, "inbox2"))).isFalse();
  }

  @Test
  void ofTwoThatProveAPlaceAtOnceOneHasIt() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (int round = 0; round < 5; round++) {
        String host = freshHost();
        List<Account> provers =
            Stream.generate(() -> fixture.account(host, "INBOX")).limit(8).toList();

        List<Future<?>> proofs = new ArrayList<>();
        for (Account prover : provers) {
          proofs.add(threads.submit(() -> accounts.verified(prover, Protocol.IMAP)));
        }
        for (Future<?> proof : proofs) {
          proof.get(30, TimeUnit.SECONDS);
        }

        assertThat(provers).filteredOn(one -> rows.of(one.id()).isPresent()).hasSize(1);
        assertThat(provers)
            .filteredOn(one -> accounts.find(one.id()).orElseThrow().imapVerifiedAt() != null)
            .singleElement()
            .satisfies(one -> assertThat(rows.of(one.id())).isPresent());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private Account receiving(Account account) {
    accounts.verified(account, Protocol.IMAP);
    return accounts.enable(account.id(), Protocol.IMAP, true).orElseThrow();
  }

  private static String freshHost() {
    return UUID.randomUUID() + ".example.test";
  }

  @Test
  void accountThatNoLongerReceivesGivesItsPlaceFree() {
    String host = UUID.randomUUID() + ".example.test";
    Account first = fixture.account(host, "INBOX");
    accounts.update(first.id(), fixture.settings(null, "INBOX"));

    Account second = fixture.account(host, "INBOX");

    assertThat(rows.of(first.id())).isEmpty();
    assertThat(fixture.mailbox(second).key().host()).isEqualTo(host);
  }

  @Test
  void accountIsDeletedThoughItHasAMailbox() {
    Account account = fixture.account();
    Mailbox mailbox = fixture.mailbox(account);

    accounts.delete(account.id());

    assertThat(rows.find(mailbox.id())).isEmpty();
  }

  @Test
  void watcherWhoseMailboxWasDetachedWritesNothing() {
    Account account = fixture.account();
    MailboxContext reading =
        new MailboxContext(account, fixture.lease(account), 7, 0, AfterIngest.SEEN, null);
    rows.establish(reading.lease().mailbox(), new Cursor(7, 0));
    rows.advance(reading, 1);

    accounts.update(account.id(), inFolder(account, "Archive"));

    assertThatThrownBy(() -> rows.advance(reading, 2)).isInstanceOf(LeaseLost.class);
  }

  @Test
  void foldersKeepTheirMailboxesThoughTheirOrderChanges() {
    Account account = fixture.account(List.of("INBOX", "Support"));
    List<Mailbox> before = rows.all(account.id());
    before.forEach(mailbox -> rows.establish(mailbox.id(), new Cursor(7, 41)));

    accounts.update(account.id(), watching(account, "Support", "inbox", "Sales"));

    List<Mailbox> after = rows.all(account.id());
    assertThat(after).extracting(one -> one.key().folder()).startsWith("Support");
    assertThat(after)
        .extracting(Mailbox::id)
        .hasSize(3)
        .startsWith(before.get(1).id())
        .contains(before.get(0).id());
    assertThat(after).extracting(Mailbox::first).containsExactly(true, false, false);
    assertThat(after).filteredOn(one -> one.cursor() != null).hasSize(2);
  }

  @Test
  void olderNodesSeeTheFirstFolderOnly() {
    Account account = fixture.account(List.of("INBOX", "Support", "Sales"));

    assertThat(
            jdbc.sql("SELECT folder FROM mailbox WHERE account_id = :account")
                .param("account", account.id().value())
                .query(String.class)
                .list())
        .containsExactly("INBOX");
  }

  @Test
  void folderThatIsRemovedIsNoLongerWatchedAndTheOthersStay() {
    Account account = receiving(fixture.account(List.of("INBOX", "Support", "Sales")));
    MailboxContext reading =
        new MailboxContext(account, leaseOf(account, "Support"), 7, 0, AfterIngest.SEEN, null);
    rows.establish(reading.lease().mailbox(), new Cursor(7, 0));

    Account changed =
        accounts.update(account.id(), watching(account, "INBOX", "Sales")).orElseThrow();

    assertThat(changed.inboundEnabled()).isTrue();
    assertThat(rows.all(account.id()))
        .extracting(one -> one.key().folder())
        .containsExactly("INBOX", "Sales");
    assertThatThrownBy(() -> rows.advance(reading, 1)).isInstanceOf(LeaseLost.class);
  }

  @Test
  void folderThatIsAddedNeedsATest() {
    Account account = receiving(fixture.account(List.of("INBOX")));

    Account changed =
        accounts.update(account.id(), watching(account, "INBOX", "Sales")).orElseThrow();

    assertThat(changed.inboundEnabled()).isFalse();
    assertThat(changed.imapVerifiedAt()).isNull();
  }

  @Test
  void furtherFolderOfAnotherAccountIsLeftToWhoProvedIt() {
    Account holder = receiving(fixture.account(List.of("INBOX", "Support")));
    Account second = fixture.account(holder.settings().imap().host(), "Sales");

    accounts.update(
        second.id(),
        fixture.settings(
            fixture.server(second.id(), holder.settings().imap().host(), 993, Security.SSL, "ada"),
            List.of("Sales", "Support")));

    assertThat(rows.all(second.id()))
        .extracting(one -> one.key().folder())
        .containsExactly("Sales");
    assertThatThrownBy(
            () -> accounts.verified(accounts.find(second.id()).orElseThrow(), Protocol.IMAP))
        .isInstanceOf(MailboxTaken.class)
        .hasMessageContaining("Support");
    assertThat(rows.all(holder.id())).hasSize(2);
  }

  @Test
  void accountIsInErrorWhileOneOfItsFoldersIs() {
    Account account = fixture.account(List.of("INBOX", "Support"));
    MailboxHealth inbox = health(account, "INBOX");
    MailboxHealth support = health(account, "Support");
    inbox.ok(account);

    Duration wait = support.failed(account, "it does not exist", false);
    inbox.ok(account);

    assertThat(wait).isEqualTo(Duration.ofMinutes(2));
    assertThat(fixture.health(account).error()).isEqualTo("Support: it does not exist");
    assertThat(inbox.backoffLeft(account)).isZero();
    assertThat(support.backoffLeft(account)).isPositive();
    assertThat(support.failed(account, "again", false)).isEqualTo(Duration.ofMinutes(4));
    support.ok(account);
    assertThat(fixture.health(account).error()).isNull();
    assertThat(fixture.events(account)).containsExactly("account.error", "account.recovered");
  }

  @Test
  void loginThatWasRefusedHoldsBackTheOtherFoldersUntilOneSucceeds() {
    Account account = fixture.account(List.of("INBOX", "Support"));
    MailboxHealth inbox = health(account, "INBOX");
    MailboxHealth support = health(account, "Support");

    inbox.failed(account, "LOGIN failed", true);

    assertThat(support.backoffLeft(account)).isPositive();
    support.ok(account);
    assertThat(support.backoffLeft(account)).isZero();
    assertThat(inbox.backoffLeft(account)).isPositive();
  }

  @Test
  void changeOfTheAccountEndsTheBackoffsOfItsFolders() {
    Account account = fixture.account(List.of("INBOX", "Support"));
    MailboxHealth support = health(account, "Support");
    support.failed(account, "it does not exist", false);

    accounts.resume(account.id());

    assertThat(support.backoffLeft(account)).isZero();
  }

  private MailboxHealth health(Account account, String folder) {
    return new MailboxHealth(rows.health(), accountHealth, folder, leaseOf(account, folder));
  }

  private Lease leaseOf(Account account, String folder) {
    Mailbox mailbox =
        rows.all(account.id()).stream()
            .filter(one -> one.key().folder().equals(folder))
            .findFirst()
            .orElseThrow();
    return new Lease(mailbox.id(), mailbox.fence());
  }

  private AccountSettings watching(Account account, String... folders) {
    return fixture.settings(account.settings().imap(), List.of(folders));
  }

  private AccountSettings inFolder(Account account, String folder) {
    return fixture.settings(
        fixture.server(account.id(), account.settings().imap().host(), 993, Security.SSL, "ada"),
        folder);
  }

  private static MailboxContext reading(Account account, Lease lease) {
    return new MailboxContext(account, lease, 7, 0, AfterIngest.SEEN, null);
  }
}
