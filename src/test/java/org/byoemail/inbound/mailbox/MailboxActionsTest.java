package org.byoemail.inbound.mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.observation.ObservationRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.byoemail.account.connection.ImapConnections;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.inbound.mailbox.MailboxAction.Kind;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.MailUser;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** What is requested to be done with mails on a real IMAP server, by the node with the lease. */
@MailboxTest
class MailboxActionsTest {
  @RegisterExtension static final DovecotServer DOVECOT = DovecotServer.shared();

  @Autowired MailboxActions actions;
  @Autowired MailboxFixture fixture;
  @Autowired MailboxRows rows;
  @Autowired Mailboxes mailboxes;
  @Autowired AccountHealthRepository accountHealth;
  @Autowired ImapConnections connections;
  @Autowired MailboxSettings settings;
  @Autowired SettableClock clock;
  @Autowired TransactionTemplate transaction;
  @Autowired JdbcClient jdbc;

  private final MailUser user = DOVECOT.freshUser("acted");
  private MailboxThreads threads;
  private MailboxWatcher watcher;
  private Account account;

  @BeforeEach
  void begin() {
    threads = new MailboxThreads(settings);
    account = fixture.polled(user, DOVECOT.imapsPort(), Duration.ofSeconds(60));
    deliver("first");
    deliver("second");
    watcher = watcher();
    // Found by EXAMINE: nothing is done with mail after it was ingested.
    watcher.step();
  }

  @AfterEach
  void end() {
    watcher.stop(MailboxState.RELEASED);
    watcher.step();
    threads.destroy();
  }

  @Test
  void flagsAreSetAndRemovedInTheOrderOfTheRequests() {
    MailboxActions.Target mail = mail(1);

    actions.request(mail, Kind.MARK_READ, null);
    actions.request(mail, Kind.FLAG, null);
    run();
    String after = flags(1);
    actions.request(mail, Kind.MARK_UNREAD, null);
    actions.request(mail, Kind.MARK_READ, null);
    actions.request(mail, Kind.MARK_UNREAD, null);
    actions.request(mail, Kind.UNFLAG, null);
    run();

    assertThat(after).contains("\\Seen", "\\Flagged");
    assertThat(flags(1)).doesNotContain("\\Seen", "\\Flagged");
    assertThat(flags(2)).doesNotContain("\\Seen", "\\Flagged");
    assertThat(actions.list(mail.id())).hasSize(6).allMatch(one -> one.status().equals("done"));
  }

  @Test
  void mailIsMovedAndDeletedAndNoOther() {
    MailboxActions.Target first = mail(1);
    MailboxActions.Target second = mail(2);

    actions.request(first, Kind.MOVE, "Räume");
    run();
    actions.request(first, Kind.FLAG, null);
    run();

    assertThat(DOVECOT.messages(user, "Räume")).hasSize(1);
    assertThat(DOVECOT.messages(user)).hasSize(1);
    assertThat(actions.list(first.id()))
        .extracting(MailboxAction::status)
        .containsExactly("failed", "done");
    assertThat(actions.list(first.id()).get(0).error()).contains("no longer in the folder");

    actions.request(second, Kind.DELETE, null);
    actions.request(second, Kind.DELETE, null);
    run();

    assertThat(DOVECOT.messages(user)).isEmpty();
    assertThat(actions.list(second.id())).allMatch(one -> one.status().equals("done"));
  }

  @Test
  void moveOfANodeThatStoppedBeforeItsRecordIsDone() {
    MailboxActions.Target mail = mail(1);
    actions.request(mail, Kind.MOVE, "Done");
    jdbc.sql("UPDATE mailbox_action SET tries = 1 WHERE inbound_mail_id = :mail")
        .param("mail", mail.id())
        .update();
    DOVECOT.doveadm("expunge", "-u", user.address(), "mailbox", "INBOX", "uid", "1");

    run();

    assertThat(actions.list(mail.id()).get(0).status()).isEqualTo("done");
  }

  @Test
  void whatTheServerRefusesFails() {
    MailboxActions.Target mail = mail(1);

    actions.request(mail, Kind.MOVE, "../elsewhere");
    actions.request(mail, Kind.FLAG, null);
    run();

    assertThat(actions.list(mail.id()))
        .extracting(MailboxAction::status)
        .containsExactly("done", "failed");
    assertThat(actions.list(mail.id()).get(1).error()).contains("the server refuses");
    assertThat(flags(1)).contains("\\Flagged");
  }

  @Test
  void nodeThatLostTheLeaseDoesNothing() {
    MailboxActions.Target mail = mail(1);
    actions.request(mail, Kind.DELETE, null);
    fixture.lease(account);

    run();

    assertThat(DOVECOT.messages(user)).hasSize(2);
    assertThat(actions.list(mail.id()).get(0).status()).isEqualTo("waiting");
  }

  @Test
  void mailOfARenumberedFolderIsLeftAlone() {
    MailboxActions.Target mail = mail(1);
    actions.request(mail, Kind.DELETE, null);
    jdbc.sql("UPDATE inbound_mail SET uid_validity = uid_validity - 1 WHERE id = :mail")
        .param("mail", mail.id())
        .update();

    run();

    assertThat(DOVECOT.messages(user)).hasSize(2);
    assertThat(actions.list(mail.id()).get(0).error()).contains("UIDVALIDITY");
    assertThatThrownBy(() -> actions.request(mail, Kind.FLAG, null))
        .isInstanceOf(ActionRefused.class);
  }

  @Test
  void requestThatWaitedForAWeekHasFailed() {
    MailboxActions.Target mail = mail(1);
    actions.request(mail, Kind.DELETE, null);
    jdbc.sql(
            "UPDATE mailbox_action SET requested_at = requested_at - interval '8 days' WHERE inbound_mail_id = :mail")
        .param("mail", mail.id())
        .update();

    run();

    assertThat(DOVECOT.messages(user)).hasSize(2);
    assertThat(actions.list(mail.id()).get(0).status()).isEqualTo("failed");
  }

  @Test
  void orderIsThatOfTheRequestsWhateverTheClocksOfTheNodes() {
    MailboxActions.Target mail = mail(1);
    actions.request(mail, Kind.FLAG, null);
    jdbc.sql(
            "UPDATE mailbox_action SET id = 'ffffffff-ffff-7fff-bfff-ffffffffffff' WHERE inbound_mail_id = :mail")
        .param("mail", mail.id())
        .update();
    actions.request(mail, Kind.UNFLAG, null);

    run();

    assertThat(flags(1)).doesNotContain("\\Flagged");
    assertThat(actions.list(mail.id()))
        .extracting(MailboxAction::kind)
        .containsExactly(Kind.UNFLAG, Kind.FLAG);
    jdbc.sql("DELETE FROM mailbox_action WHERE inbound_mail_id = :mail")
        .param("mail", mail.id())
        .update();
  }

  @Test
  void requestsThatWaitedForTooLongDoNotCount() {
    MailboxActions.Target mail = mail(1);
    jdbc.sql(
            """
            INSERT INTO mailbox_action (id, inbound_mail_id, mailbox_id, action, requested_at)
            SELECT gen_random_uuid(), id, mailbox_id, 'flag', statement_timestamp() - interval '8 days'
            FROM inbound_mail, generate_series(1, :count) WHERE id = :mail
            """)
        .param("mail", mail.id())
        .param("count", MailboxActions.MAX_WAITING)
        .update();

    assertThat(actions.request(mail, Kind.FLAG, null).status()).isEqualTo("waiting");
  }

  private void run() {
    watcher.pollNow();
    watcher.step();
  }

  private String flags(long uid) {
    return DOVECOT.doveadm(
        "fetch", "-u", user.address(), "flags", "mailbox", "INBOX", "uid", String.valueOf(uid));
  }

  private MailboxActions.Target mail(long uid) {
    return new MailboxActions.Target(
        jdbc.sql("SELECT id FROM inbound_mail WHERE account_id = :account AND uid = :uid")
            .param("account", account.id().value())
            .param("uid", uid)
            .query(UUID.class)
            .single(),
        account.organization(),
        account.id());
  }

  private void deliver(String subject) {
    String mail = "From: ann@else.test\r\nSubject: %s\r\n\r\nbody\r\n".formatted(subject);
    DOVECOT.deliver(user.address(), mail.getBytes(StandardCharsets.US_ASCII));
  }

  private MailboxWatcher watcher() {
    ImapFolders folders = new ImapFolders(connections, threads, settings);
    WatcherServices tools =
        new WatcherServices(
            rows,
            accountHealth,
            folders,
            batch -> {},
            false,
            new LoginPacing(clock, 8, Duration.ZERO, 100),
            new MailMemory(256 << 20),
            new PollObservations(ObservationRegistry.create()),
            settings,
            clock,
            new Random(1));
    MailboxWatcher made = new MailboxWatcher(account, "INBOX", fixture.lease(account), tools);
    // The cursor begins behind what was delivered.
    made.step();
    List.of(1L, 2L).forEach(uid -> fixture.takenIn(account, uid));
    jdbc.sql("UPDATE inbound_mail SET seen_pending = false WHERE account_id = :account")
        .param("account", account.id().value())
        .update();
    return made;
  }
}
