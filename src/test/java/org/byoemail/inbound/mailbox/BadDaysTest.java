package org.byoemail.inbound.mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.byoemail.support.ScriptedImapServer.HANG_UP;

import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.byoemail.account.connection.ImapConnections;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.account.registry.InboundOptions;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.inbound.mailbox.MailboxAction.Kind;
import org.byoemail.support.CertificateAuthority;
import org.byoemail.support.ScriptedImapServer;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.support.TransactionTemplate;

/** One mailbox on a server that does what real ones do on bad days; the test sets the clock. */
@MailboxTest
@TestPropertySource(
    properties = {
      "byo.connection.read-timeout=3s",
      "byo.mailbox.command-timeout=3s",
      "byo.mailbox.done-timeout=2s"
    })
class BadDaysTest {
  private static final InboundOptions MOVED =
      new InboundOptions(AfterIngest.MOVE, "Done & dusted", null);
  private static final InboundOptions DELETED = new InboundOptions(AfterIngest.DELETE, null, null);
  private static final InboundOptions LEFT = new InboundOptions(AfterIngest.NONE, null, null);

  @Autowired MailboxFixture fixture;
  @Autowired MailboxRows rows;
  @Autowired Mailboxes mailboxes;
  @Autowired AccountHealthRepository accountHealth;
  @Autowired ImapConnections connections;
  @Autowired MailboxSettings settings;
  @Autowired SettableClock clock;
  @Autowired TransactionTemplate transaction;
  @Autowired JdbcClient jdbc;

  private final ScriptedImapServer server = new ScriptedImapServer();
  private final List<Long> delivered = new ArrayList<>();
  private final List<String> subjects = new ArrayList<>();
  private final AtomicInteger woken = new AtomicInteger();
  private final List<Long> exceeding = new ArrayList<>();
  private final List<MailboxWatcher> watches = new ArrayList<>();
  private final MailMemory memory = new MailMemory(32 << 20);
  private int kept = 100;
  private MailboxThreads threads;
  private Account account;
  private MailboxWatcher watcher;

  @BeforeEach
  void begin() {
    threads = new MailboxThreads(settings);
    account = fixture.account(server.port(), InboundOptions.DEFAULT);
    watcher = watch();
  }

  @AfterEach
  void end() throws IOException {
    watches.forEach(MailboxWatcher::abort);
    server.close();
    threads.destroy();
  }

  @Test
  void mailThatALeavingServerHalfGaveIsReadOverTheNextConnection() {
    watcher.step();
    put(1, 2);
    server.answer(
        "UID FETCH .*HEADER",
        1,
        "* 1 FETCH (UID 1 RFC822.SIZE 9 BODY[HEADER]<0> {9}\r\nSub" + HANG_UP);
    watcher.pollNow();
    watcher.step();
    assertThat(delivered).isEmpty();

    backedOff();

    assertThat(delivered).containsExactly(1L, 2L);
  }

  @Test
  void byeInTheMiddleOfAFetchLosesNothing() {
    watcher.step();
    put(1);
    server.answer("UID FETCH .*HEADER", 1, "* BYE shutting down for a moment\r\n" + HANG_UP);
    watcher.pollNow();
    watcher.step();
    assertThat(watcher.status().lastError()).contains("shutting down for a moment");

    backedOff();

    assertThat(delivered).containsExactly(1L);
  }

  @Test
  void certificateThatExpiredMeanwhileIsNamedAndMailComesOnceItIsRenewed() throws IOException {
    CertificateAuthority authority = CertificateAuthority.shared();
    server.withTls(authority.issue());
    account = fixture.account(server.port(), Security.SSL);
    watcher = watch();
    watcher.step();
    put(1);
    server.withTls(authority.issueExpired());
    server.hangUp();
    watcher.pollNow();
    watcher.step();

    backedOff();

    assertThat(watcher.state()).isEqualTo(MailboxState.BACKING_OFF);
    assertThat(watcher.status().lastError()).contains("certificate has expired");
    assertThat(delivered).isEmpty();
    server.withTls(authority.issue());
    backedOff();
    assertThat(delivered).containsExactly(1L);
    assertThat(fixture.events(account)).containsExactly("account.error", "account.recovered");
  }

  @Test
  void mailThatAServerBreaksDownOverIsLeftBehindAndTheOthersAreRead() {
    watcher.step();
    put(1, 2, 3);
    server.answer("UID FETCH .*HEADER", HANG_UP);
    server.answer("UID FETCH 1 .*HEADER", Integer.MAX_VALUE, head(1));
    server.answer("UID FETCH 3 .*HEADER", Integer.MAX_VALUE, head(3));
    watcher.pollNow();

    for (int tries = 0; tries < 9 && !delivered.contains(3L); tries++) {
      watcher.step();
      backedOff();
    }

    assertThat(delivered).containsExactly(1L, 2L, 3L);
    assertThat(subjects).containsExactly("mail 1", "", "mail 3");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "* 2 FETCH (UID 2 RFC822.SIZE 90 BODY[HEADER]<0> NIL)\r\n%t OK fine\r\n",
        "* 2 FETCH (UID 2 RFC822.SIZE 90 BODY[HEADER]<0> \"\")\r\n%t OK fine\r\n",
        "* 2 FETCH (UID 2 RFC822.SIZE 90)\r\n%t OK fine\r\n",
        "%t OK fine\r\n",
        "%t NO [SERVERBUG] internal error\r\n",
        "%t BAD what\r\n"
      })
  void mailThatIsNotGivenHoldsUpTheOthersForAMinute(String answer) {
    watcher.step();
    put(1, 2, 3);
    server.answer("UID FETCH (1:2|1:3|2:3|2) ", answer);
    Instant began = clock.instant();
    watcher.pollNow();
    watcher.step();
    assertThat(delivered).containsExactly(1L);
    assertThat(fixture.health(account).error()).contains("mail 2 cannot be fetched");

    for (int tries = 0; tries < 9 && !delivered.contains(3L); tries++) {
      backedOff();
    }

    assertThat(delivered).containsExactly(1L, 2L, 3L);
    assertThat(Duration.between(began, clock.instant())).isLessThan(Duration.ofSeconds(90));
    assertThat(fixture.health(account).error()).isNull();
    assertThat(fixture.events(account)).isEmpty();
    assertThat(server.connections()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*  1 EXISTS\r\n",
        "* 1EXISTS\r\n",
        "*\t1\texists \r\n",
      })
  void newsAreHeardHoweverTheyAreWritten(String news) {
    watcher.step();
    put(1);

    server.say(news);
    await().atMost(Duration.ofSeconds(30)).until(() -> woken.get() > 0);
    watcher.step();

    assertThat(delivered).containsExactly(1L);
  }

  @Test
  void mailWhoseBodyIsNotGivenHoldsUpTheOthersForAMinute() {
    watcher.step();
    put(1, 2, 3);
    server.answer(
        "UID FETCH 2 \\(UID BODY.PEEK\\[\\]", "* 2 FETCH (UID 2 BODY[]<0> NIL)\r\n%t OK fine\r\n");
    Instant began = clock.instant();
    watcher.pollNow();
    watcher.step();
    assertThat(fixture.health(account).error()).contains("mail 2 cannot be fetched");

    for (int tries = 0; tries < 9 && !delivered.contains(3L); tries++) {
      backedOff();
    }

    assertThat(delivered).containsSubsequence(1L, 2L, 3L);
    assertThat(Duration.between(began, clock.instant())).isLessThan(Duration.ofSeconds(90));
  }

  @Test
  void announcedLiteralBeyondAllReasonEndsTheConnectionUnread() {
    watcher.step();
    put(1);
    server.answer("UID FETCH .*HEADER", 1, "* 1 FETCH (UID 1 BODY[HEADER]<0> {2000000000}\r\n");
    watcher.pollNow();
    watcher.step();
    assertThat(watcher.status().lastError()).contains("announces more");

    backedOff();

    assertThat(delivered).containsExactly(1L);
  }

  @Test
  void headerOfAMegabyteIsCutAndTheMailStillWhole() {
    watcher.step();
    String whole = "Subject: long\r\nX-Long: " + "x".repeat(1 << 20) + "\r\n\r\nbody\r\n";
    server.put(1, whole);

    watcher.pollNow();
    watcher.step();

    assertThat(subjects).containsExactly("long");
    assertThat(server.commands).anyMatch(command -> command.contains("<0.262144>"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*  1 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 11] n\r\n",
        "* 0 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 11] n\r\n",
        "* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 11] n\r\n",
        "* one EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n",
        "* 0 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n",
        "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 5] n\r\n"
      })
  void historyStaysHistoryHoweverItIsCounted(String opening) {
    put(9, 10);
    server.answer("^SELECT", opening + "%t OK [READ-WRITE] done\r\n");

    watcher.step();
    put(11);
    watcher.pollNow();
    watcher.step();

    assertThat(watcher.status().lastError()).isNull();
    assertThat(delivered).containsExactly(11L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"* SEARCH\r\n%t OK fine\r\n", "%t OK fine\r\n", "%t NO star\r\n"})
  void historyStaysHistoryWhereTheServerDoesNotKnowItsLastMail(String answer) {
    put(9, 10);
    server.answer("UID SEARCH UID \\*", answer);

    watcher.step();
    put(11);
    watcher.pollNow();
    watcher.step();

    assertThat(delivered).containsExactly(11L);
  }

  @Test
  void serverThatFindsNothingAndCountsSomethingIsNotReadFromTheStart() {
    put(9, 10);
    server.answer("^SELECT", "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n%t OK done\r\n");
    server.answer("UID SEARCH", "* SEARCH\r\n%t OK fine\r\n");

    watcher.step();

    assertThat(watcher.status().lastError())
        .contains("returns no UIDs for a folder that is not empty");
    assertThat(fixture.mailbox(account).cursor()).isNull();
    server.behave();
    backedOff();
    assertThat(delivered).isEmpty();
    assertThat(fixture.mailbox(account).cursor()).isEqualTo(new Cursor(7, 10));
  }

  @Test
  void numberingThatCannotBeReadOnceIsAskedForAndNoReasonToBeginAnew() throws IOException {
    put(9, 10);
    watcher.step();
    server.hangUp();
    server.answer("^SELECT", "* 2 EXISTS\r\n* OK [UIDVALIDITYx 7] v\r\n%t OK done\r\n");
    watcher.pollNow();
    watcher.step();
    backedOff();
    assertThat(watcher.status().lastError()).contains("UIDVALIDITY");

    server.answer("^STATUS", "* STATUS \"INBOX\" (UIDVALIDITY 7 UIDNEXT 11)\r\n%t OK done\r\n");
    backedOff();

    assertThat(watcher.status().lastError()).isNull();
    assertThat(fixture.mailbox(account).epoch()).isZero();
    assertThat(delivered).isEmpty();
  }

  @Test
  void answerThatNamesVeryManyMailsIsRead() {
    watcher.step();
    put(1);
    StringBuilder found = new StringBuilder("* SEARCH");
    for (int uid = 1; uid <= 200_000; uid++) {
      found.append(' ').append(uid);
    }
    server.answer("UID SEARCH UID", 1, found + "\r\n%t OK fine\r\n");

    watcher.pollNow();
    watcher.step();

    assertThat(watcher.status().lastError()).isNull();
    assertThat(delivered).containsExactly(1L);
  }

  @ParameterizedTest
  @CsvSource({
    "^NOOP, * x",
    "^NOOP, * 5 EXPUNGE",
    "^UID SEARCH, * SEARCH 1 2 3 4 5 6 7 8 9",
    "^UID SEARCH, * x",
    "^UID FETCH, * 1 FETCH (UID 1 FLAGS (\\Seen))",
    "^UID FETCH, * 1 FETCH (UID 1 RFC822.SIZE 9 BODY[HEADER]<0> NIL)"
  })
  void serverThatSpeaksWithoutEndIsLeftAndReadLater(String command, String words) {
    watcher.step();
    put(1);
    server.flood(command, words + "\r\n");
    watcher.pollNow();

    watcher.step();

    assertThat(watcher.state()).isEqualTo(MailboxState.BACKING_OFF);
    assertThat(watcher.status().lastError()).contains("the connection was cut: the server");
    server.behave();
    backedOff();
    assertThat(delivered).containsExactly(1L);
  }

  @Test
  void mailWaitsForMemoryThatOthersTakeAndIsNotFetchedTwice() {
    watcher.step();
    server.put(1, mail(1).replace("body\r\n", "lines\r\n".repeat(400_000) + "body\r\n"));
    MailMemory.Share others = memory.share(null, new OrganizationId("others"), () -> {});
    MailMemory.Share.Reservation taken = others.take(26 << 20);
    watcher.pollNow();

    watcher.step();

    assertThat(delivered).isEmpty();
    assertThat(watcher.status().lastError()).contains("byo.mailbox.memory");
    assertThat(fixture.events(account)).isEmpty();
    taken.close();
    watcher.step();
    assertThat(delivered).containsExactly(1L);
    assertThat(watcher.status().lastError()).isNull();
    assertThat(server.commands.stream().filter(c -> c.contains("(UID BODY.PEEK[]<0.1048576>)")))
        .hasSize(1);
    memory.share(null, new OrganizationId("others"), () -> {}).take(32 << 20).close();
  }

  @Test
  void mailThatIsLargerThanAllMemoryIsMarkedSoAndHoldsUpNoOther() {
    watcher.step();
    put(1);
    server.answer("UID FETCH .*HEADER", 1, head(1).replace("SIZE 100", "SIZE 33600000"));
    watcher.pollNow();

    watcher.step();
    put(2);
    watcher.pollNow();
    watcher.step();

    assertThat(exceeding).containsExactly(1L);
    assertThat(delivered).containsExactly(1L, 2L);
  }

  @Test
  void smallMailToAnAgentThatIsOpenToAllComesWithItsHead() {
    fixture.openToAll(account);
    watcher.step();
    put(1, 2);
    server.put(3, mail(3).replace("body\r\n", "lines\r\n".repeat(3000) + "body\r\n"));

    watcher.pollNow();
    watcher.step();

    assertThat(delivered).containsExactly(1L, 2L, 3L);
    assertThat(subjects).containsExactly("mail 1", "mail 2", "mail 3");
    assertThat(server.commands.stream().filter(command -> command.startsWith("UID FETCH")))
        .containsExactly(
            "UID FETCH 1:3 (UID RFC822.SIZE INTERNALDATE BODY.PEEK[]<0.16384>)",
            "UID FETCH 3 (UID BODY.PEEK[]<0.1048576>)");
  }

  @Test
  void mailThatIsNotGivenWithItsHeadIsReadHeadFirst() {
    fixture.openToAll(account);
    watcher.step();
    put(1, 2);
    server.answer("UID FETCH .*\\[\\]<0.16384>", Integer.MAX_VALUE, "%t NO not like this\r\n");

    watcher.pollNow();
    watcher.step();

    assertThat(watcher.status().lastError()).isNull();
    assertThat(delivered).containsExactly(1L, 2L);
    assertThat(server.commands).anyMatch(command -> command.contains("BODY.PEEK[HEADER]"));
  }

  @Test
  void connectionThatEndsOverAMailIsFollowedByOneThatAsksForItsHeadFirst() {
    fixture.openToAll(account);
    watcher.step();
    put(1);
    server.answer("UID FETCH .*\\[\\]<0.16384>", Integer.MAX_VALUE, HANG_UP);
    watcher.pollNow();
    watcher.step();
    assertThat(delivered).isEmpty();

    backedOff();

    assertThat(delivered).containsExactly(1L);
  }

  @Test
  void serverWithoutIdleIsPolled() {
    server.offering("IMAP4rev1 AUTH=PLAIN SASL-IR");

    watcher.step();

    assertThat(watcher.state()).isEqualTo(MailboxState.POLLING);
    assertThat(server.commands).doesNotContain("IDLE");
  }

  @Test
  void serverThatRefusesIdleIsPolled() {
    server.answer("IDLE", "%t BAD not now\r\n");

    watcher.step();

    assertThat(watcher.state()).isEqualTo(MailboxState.POLLING);
  }

  @Test
  void silentIdleIsNotTrusted() {
    watcher.step();
    put(1);

    clock.advance(Duration.ofMinutes(16));
    watcher.step();

    assertThat(delivered).containsExactly(1L);
    assertThat(server.connections()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"* BYE too many connections\r\n", "* OK [CAPABILITY %c] ready\r\n"})
  void serverWithTooManyConnectionsIsLeftAlone(String greeting) {
    server.greetWith(greeting);
    server.answer("AUTHENTICATE", "%t NO [LIMIT] too many connections\r\n");

    watcher.step();

    assertThat(watcher.state()).isEqualTo(MailboxState.BACKING_OFF);
    assertThat(watcher.status().lastError()).contains("too many connections");
    assertThat(watcher.status().due())
        .isAfterOrEqualTo(clock.instant().plus(Duration.ofMinutes(2)));
  }

  @Test
  void loginThatIsRefusedIsAnErrorAtOnce() {
    kept = 0;
    watcher = watch();
    watcher.step();
    assertThat(fixture.events(account)).isEmpty();
    server.answer("AUTHENTICATE", "%t NO [AUTHENTICATIONFAILED] wrong password\r\n");

    backedOff();

    assertThat(fixture.events(account)).containsExactly("account.error");
    assertThat(fixture.health(account).error()).contains("wrong password");
  }

  @Test
  void setsThatBeginAtZeroAreNeverAskedFor() {
    server.answer("UID SEARCH UID 0:", "%t BAD invalid set\r\n");

    watcher.step();
    put(1);
    watcher.pollNow();
    watcher.step();

    assertThat(delivered).containsExactly(1L);
  }

  @Test
  void lastMailThatAServerAlwaysNamesIsNotReadAgain() {
    put(1);
    watcher.step();

    watcher.pollNow();
    watcher.step();

    assertThat(server.commands).contains("UID SEARCH UID 2:*");
    assertThat(delivered).isEmpty();
  }

  @Test
  void answerThatDoesNotComeEndsInTime() {
    watcher.step();
    server.answer("NOOP", 1, "");
    watcher.pollNow();

    watcher.step();

    assertThat(watcher.status().lastError()).contains("in time");
    await().atMost(Duration.ofSeconds(60)).until(() -> server.commands.contains("gone"));
  }

  @Test
  void folderIsOnlyExaminedWhereNothingIsToBeDoneInIt() {
    receives(LEFT);

    watcher.step();
    put(1);
    watcher.pollNow();
    watcher.step();
    leave();

    assertThat(delivered).containsExactly(1L);
    assertThat(server.commands).contains("EXAMINE \"INBOX\"", "LOGOUT");
    assertThat(server.commands).noneMatch(c -> c.matches("(SELECT|UID STORE|CLOSE|EXPUNGE).*"));
  }

  @Test
  void mailIsMovedByMove() {
    receives(MOVED);
    takeIn(1, 2);

    assertThat(server.uids()).isEmpty();
    assertThat(server.commands).contains("UID MOVE 1:2 \"Done &- dusted\"");
    assertThat(fixture.pending(account)).isZero();
  }

  @Test
  void folderToMoveToIsMadeWhereThereIsNone() {
    receives(MOVED);
    server.answer("UID MOVE", 1, "%t NO [TRYCREATE] no such folder\r\n");

    takeIn(1);

    assertThat(server.commands).contains("CREATE \"Done &- dusted\"");
    assertThat(server.uids()).isEmpty();
  }

  @Test
  void mailIsCopiedAndItsCopyLeftAloneWhereMoveIsUnknown() {
    server.offering("IMAP4rev1 IDLE UIDPLUS AUTH=PLAIN SASL-IR");
    receives(MOVED);
    server.put(9, mail(9));
    server.flag(9, "\\Deleted");

    takeIn(1, 2);

    assertThat(server.commands)
        .containsSubsequence(
            "UID COPY 1:2 \"Done &- dusted\"",
            "UID STORE 1:2 +FLAGS.SILENT (\\Deleted)",
            "UID EXPUNGE 1:2");
    assertThat(server.uids()).containsExactly(9L);
  }

  @Test
  void mailIsDeletedAndWhatTheOwnerFlaggedStays() {
    receives(DELETED);
    server.put(9, mail(9));
    server.flag(9, "\\Deleted");

    takeIn(1);
    leave();

    assertThat(server.uids()).containsExactly(9L);
    assertThat(server.commands).doesNotContain("CLOSE", "EXPUNGE");
  }

  @Test
  void mailIsOnlyFlaggedWhereTheServerCannotExpungeItAlone() {
    server.offering("IMAP4rev1 IDLE AUTH=PLAIN SASL-IR");
    receives(DELETED);

    takeIn(1);

    assertThat(server.uids()).containsExactly(1L);
    assertThat(server.flags(1)).containsExactly("\\Deleted");
    assertThat(server.commands).noneMatch(command -> command.contains("EXPUNGE"));
  }

  @Test
  void watcherThatLostItsLeaseDeletesNothing() {
    receives(DELETED);
    put(1);
    watcher.step();
    fixture.takenIn(account, 1, AfterIngest.DELETE, null);
    fixture.lease(account);

    watcher.pollNow();
    watcher.step();

    assertThat(server.uids()).containsExactly(1L);
    assertThat(fixture.pending(account)).isEqualTo(1);
  }

  @Test
  void requestsFailWhereTheServerRefusesSelectAndMailComes() {
    UUID mail = seen(1);
    request(mail, Kind.FLAG);
    put(2);
    server.answer("^SELECT", "%t NO [NOPERM] only to be read\r\n");
    watcher.pollNow();
    watcher.step();
    put(3);
    watcher.pollNow();
    watcher.step();

    assertThat(delivered).containsExactly(1L, 2L, 3L);
    assertThat(rows.actions().of(mail, 9))
        .extracting(MailboxAction::error)
        .containsExactly("the server refuses: [NOPERM] only to be read");
    assertThat(server.commands).containsSubsequence("SELECT \"INBOX\"", "EXAMINE \"INBOX\"");
  }

  @Test
  void whatTheServerRefusesForNowIsDoneLater() {
    UUID mail = seen(1);
    request(mail, Kind.FLAG);
    request(mail, Kind.UNFLAG);
    server.answer("^SELECT", 1, "%t NO [INUSE] busy\r\n");
    server.answer("UID STORE", 1, "%t NO [UNAVAILABLE] later\r\n");
    for (int i = 0; i < 3; i++) {
      watcher.pollNow();
      watcher.step();
    }

    assertThat(rows.actions().of(mail, 9)).allMatch(one -> one.status().equals("done"));
    assertThat(server.commands)
        .containsSubsequence(
            "UID STORE 1 +FLAGS.SILENT (\\Flagged)",
            "UID STORE 1 +FLAGS.SILENT (\\Flagged)",
            "UID STORE 1 -FLAGS.SILENT (\\Flagged)");
  }

  @Test
  void requestThatBreaksTheConnectionKeepsNoMailWaiting() {
    UUID mail = seen(1);
    request(mail, Kind.FLAG);
    put(2);
    server.answer("UID STORE", HANG_UP);
    watcher.pollNow();
    watcher.step();
    assertThat(watcher.state()).isEqualTo(MailboxState.BACKING_OFF);
    assertThat(delivered).containsExactly(1L, 2L);
    put(3);

    backedOff();

    assertThat(delivered).containsExactly(1L, 2L, 3L);
    assertThat(watcher.state()).isEqualTo(MailboxState.IDLE);
    assertThat(server.commands).filteredOn(one -> one.startsWith("UID STORE")).hasSize(1);
    server.behave();
    watcher.pollNow();
    watcher.step();
    assertThat(rows.actions().of(mail, 9)).allMatch(one -> one.status().equals("done"));
  }

  @Test
  void interruptedMoveIsNotCopiedAgain() {
    server.offering("IMAP4rev1 IDLE UIDPLUS AUTH=PLAIN SASL-IR");
    UUID mail = seen(1);
    rows.actions().insert(Ids.next(), mail, Kind.MOVE, "Done");
    server.answer("UID STORE", 1, HANG_UP);
    watcher.pollNow();
    watcher.step();
    backedOff();
    watcher.pollNow();
    watcher.step();

    assertThat(server.commands).filteredOn(one -> one.startsWith("UID COPY")).hasSize(1);
    assertThat(rows.actions().of(mail, 9).get(0).error()).contains("may have been copied");
  }

  @Test
  void requestWakesOnlyAWatcherThatDoesNotBackOff() {
    UUID mail = seen(1);
    request(mail, Kind.FLAG);
    watcher.wake();
    watcher.step();
    assertThat(rows.actions().of(mail, 9).get(0).status()).isEqualTo("done");
    server.answer("NOOP", 1, HANG_UP);
    watcher.pollNow();
    watcher.step();
    int connections = server.connections();

    watcher.wake();
    watcher.step();

    assertThat(watcher.state()).isEqualTo(MailboxState.BACKING_OFF);
    assertThat(server.connections()).isEqualTo(connections);
  }

  /** A mail that was taken in, in a folder that is open for reading only. */
  private UUID seen(long uid) {
    receives(LEFT);
    // The cursor begins behind what is there.
    watcher.step();
    put(uid);
    watcher.pollNow();
    watcher.step();
    fixture.takenIn(account, uid);
    jdbc.sql("UPDATE inbound_mail SET seen_pending = false WHERE account_id = :account")
        .param("account", account.id().value())
        .update();
    return jdbc.sql("SELECT id FROM inbound_mail WHERE account_id = :account AND uid = :uid")
        .param("account", account.id().value())
        .param("uid", uid)
        .query(UUID.class)
        .single();
  }

  private void request(UUID mail, Kind kind) {
    assertThat(rows.actions().insert(Ids.next(), mail, kind, null)).isTrue();
  }

  /** Mail that a watcher took in which then died; the next one does what it left. */
  private void takeIn(long... uids) {
    put(uids);
    watcher.step();
    for (long uid : uids) {
      fixture.takenIn(account, uid, account.settings().inbound().afterIngest(), clock.instant());
    }
    watcher = watch();
    watcher.step();
  }

  private void receives(InboundOptions options) {
    account = fixture.account(server.port(), options);
    watcher = watch();
  }

  private void leave() {
    watcher.stop(MailboxState.PAUSED);
    watcher.step();
  }

  /** Waits until it is due again, and one step more. */
  private void backedOff() {
    Instant due = watcher.status().due();
    if (due != null) {
      clock.set(due);
    }
    watcher.step();
  }

  private void put(long... uids) {
    for (long uid : uids) {
      server.put(uid, mail(uid));
    }
  }

  private static String mail(long uid) {
    return "From: ann@else.test\r\nSubject: mail %d\r\nMessage-ID: <%d@x>\r\n\r\nbody\r\n"
        .formatted(uid, uid);
  }

  private static String head(long uid) {
    String mail = mail(uid).replace("body\r\n", "");
    return "* 1 FETCH (UID %d RFC822.SIZE 100 BODY[HEADER]<0> {%d}\r\n%s)\r\n"
            .formatted(uid, mail.length(), mail)
        + "%t OK fine\r\n";
  }

  private MailboxWatcher watch() {
    WatcherServices tools =
        new WatcherServices(
            rows,
            accountHealth,
            new ImapFolders(connections, threads, settings),
            this::deliver,
            true,
            new LoginPacing(clock, 8, Duration.ZERO, kept),
            memory,
            new PollObservations(ObservationRegistry.create()),
            settings,
            clock,
            new Random(1));
    MailboxWatcher made = new MailboxWatcher(account, "INBOX", fixture.lease(account), tools);
    made.onWake(woken::incrementAndGet);
    watches.add(made);
    return made;
  }

  private void deliver(IncomingBatch batch) throws IOException {
    for (IncomingMail mail : batch.mails()) {
      if (mail.exceedsMemory()) {
        exceeding.add(mail.uid());
      } else if (!mail.isUnfetchable()) {
        try (InputStream raw = mail.raw().open()) {
          assertThat(new String(raw.readAllBytes(), StandardCharsets.ISO_8859_1))
              .endsWith("body\r\n");
        }
      }
      delivered.add(mail.uid());
      subjects.add(mail.headers().subject());
    }
    transaction.executeWithoutResult(status -> mailboxes.advance(batch));
  }
}
