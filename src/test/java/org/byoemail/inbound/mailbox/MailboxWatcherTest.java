package org.byoemail.inbound.mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.micrometer.observation.ObservationRegistry;
import jakarta.mail.MessagingException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealth;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.account.registry.Protocol;
import org.byoemail.platform.lease.Lease;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/** The states of one mailbox, by a clock that the test sets and a folder without a server. */
@MailboxTest
class MailboxWatcherTest {
  private static final Duration SETTLING = Duration.ofSeconds(5);
  private static final Duration RECONNECT = Duration.ofSeconds(5);

  @Autowired MailboxFixture fixture;
  @Autowired MailboxRows rows;
  @Autowired Mailboxes mailboxes;
  @Autowired AccountHealthRepository accountHealth;
  @Autowired MailboxSettings settings;
  @Autowired SettableClock clock;
  @Autowired TransactionTemplate transaction;

  private final FakeFolder folder = new FakeFolder();
  private final List<Long> delivered = new ArrayList<>();
  private final List<Integer> batches = new ArrayList<>();
  private final Set<Long> read = new HashSet<>();
  private IncomingBatch batch;
  private final Set<Long> poisoned = new HashSet<>();

  private final List<IncomingMail> met = new ArrayList<>();
  private int kept = 100;
  private boolean serverAway;
  private boolean breaksDown;
  private boolean databaseAway;
  private boolean letGoMeanwhile;
  private int opened;
  private Account account;
  private MailboxWatcher watcher;

  @BeforeEach
  void begin() {
    account = fixture.account();
    watcher = watch(fixture.lease(account));
  }

  @Test
  void firstVisitStartsAtTheEndOfTheFolder() {
    folder.arrive(41);

    watcher.step();

    assertThat(watcher.state()).isEqualTo(MailboxState.IDLE);
    assertThat(fixture.mailbox(account).cursor()).isEqualTo(new Cursor(7, 41));
    assertThat(fixture.mailbox(account).watchedSince()).isEqualTo(clock.instant());
    assertThat(delivered).isEmpty();
  }

  @Test
  void newMailEndsIdleAndIsDeliveredInOrder() {
    watcher.step();

    folder.arrive(2);
    folder.arrive(3);
    watcher.step();

    assertThat(delivered).containsExactly(2L, 3L);
    assertThat(fixture.mailbox(account).cursor()).isEqualTo(new Cursor(7, 3));
    assertThat(folder.commands).endsWith("LISTEN", "DONE", "SEARCH 1:*", "HEADS 2", "IDLE");
    assertThat(watcher.state()).isEqualTo(MailboxState.IDLE);
  }

  @Test
  void idleIsIssuedAnewEveryNineMinutes() {
    watcher.step();
    after(SETTLING);
    folder.commands.clear();

    after(Duration.ofMinutes(9).minusSeconds(1));
    assertThat(folder.commands).isEmpty();
    after(Duration.ofSeconds(1));

    assertThat(folder.commands).containsExactly("DONE", "IDLE");
  }

  @Test
  void idleIsIssuedAnewSoonerAtHostThatHangsUpSooner() {
    account = fixture.account("hasty.example", "INBOX");
    watcher = watch(fixture.lease(account));
    watcher.step();
    after(SETTLING);
    folder.commands.clear();

    after(Duration.ofMinutes(4));

    assertThat(folder.commands).containsExactly("DONE", "IDLE");
  }

  @Test
  void serverThatBreaksDownOverWholeMailsIsAskedForTheirHeadersFromThenOn() {
    fixture.openToAll(account);
    folder.breaksOverWholeMails = true;
    watcher.step();
    folder.arrive(2);
    watcher.step();
    assertThat(delivered).isEmpty();

    after(Duration.ofMinutes(5));
    folder.arrive(3);
    watcher.step();

    assertThat(delivered).containsExactly(2L, 3L);
    assertThat(watcher.state()).isEqualTo(MailboxState.IDLE);
  }

  @Test
  void idleIsNotTrustedForMoreThanFifteenMinutes() {
    watcher.step();
    after(SETTLING);
    after(Duration.ofMinutes(9));
    folder.commands.clear();

    after(Duration.ofMinutes(6));

    assertThat(folder.commands).containsExactly("DONE", "NOOP", "SEARCH 1:*", "IDLE");
  }

  @Test
  void whatArrivesJustBeforeAnIdleIsFoundAtItsEnd() {
    watcher.step();

    folder.arriveUnheard(5);
    watcher.step();
    assertThat(delivered).isEmpty();
    after(SETTLING);

    assertThat(delivered).containsExactly(5L);
  }

  @Test
  void serverWithoutIdleIsPolledAtTheIntervalOverTheSameConnection() {
    folder.canIdle = false;
    watcher.step();
    assertThat(watcher.state()).isEqualTo(MailboxState.POLLING);
    Duration wait = Duration.between(clock.instant(), watcher.status().due());
    assertThat(wait).isBetween(Duration.ofSeconds(108), Duration.ofSeconds(132));

    folder.arrive(4);
    after(wait);

    assertThat(folder.commands).endsWith("NOOP", "SEARCH 1:*", "HEADS 1");
    assertThat(delivered).containsExactly(4L);
    assertThat(opened).isEqualTo(1);
  }

  @Test
  void mailboxBeyondTheConnectionsOfItsHostIsVisitedFromPollToPoll() {
    kept = 0;
    watcher = watch(fixture.lease(account));
    watcher.step();
    assertThat(watcher.state()).isEqualTo(MailboxState.POLLING);
    assertThat(folder.open).isFalse();
    folder.arrive(2);

    clock.set(watcher.status().due());
    watcher.step();

    assertThat(delivered).containsExactly(2L);
    assertThat(folder.commands).endsWith("LOGOUT").doesNotContain("IDLE");
    assertThat(opened).isEqualTo(2);
  }

  @Test
  void failingServerIsLeftAloneForTwoMinutesDoublingToAnHour() {
    serverAway = true;

    List<Long> minutes = new ArrayList<>();
    for (int tries = 0; tries < 7; tries++) {
      watcher.step();
      Duration wait = Duration.between(clock.instant(), watcher.status().due());
      minutes.add(wait.toMinutes());
      assertThat(watcher.state()).isEqualTo(MailboxState.BACKING_OFF);
      clock.advance(wait);
    }

    long[] least = {2, 4, 8, 16, 32, 60, 60};
    for (int tries = 0; tries < least.length; tries++) {
      assertThat(minutes.get(tries)).isBetween(least[tries], least[tries] * 11 / 10);
    }
    assertThat(opened).isEqualTo(7);
    assertThat(fixture.health(account).error()).contains("refused");
    assertThat(fixture.events(account)).containsExactly("account.error");
  }

  @Test
  void serverThatIsBackIsToldAndTheNextFailureStartsShortAgain() {
    serverAway = true;
    watcher.step();
    after(Duration.ofMinutes(3));
    serverAway = false;

    after(Duration.ofMinutes(5));

    assertThat(watcher.state()).isEqualTo(MailboxState.IDLE);
    assertThat(fixture.events(account)).containsExactly("account.error", "account.recovered");
    assertThat(fixture.health(account).failures()).isZero();
    assertThat(fixture.health(account).lastOkAt()).isEqualTo(clock.instant());
  }

  @Test
  void backoffOutlivesTheProgram() {
    serverAway = true;
    watcher.step();
    serverAway = false;
    MailboxWatcher next = watch(fixture.lease(account));

    next.step();

    assertThat(next.state()).isEqualTo(MailboxState.BACKING_OFF);
    assertThat(opened).isEqualTo(1);
    next.pollNow();
    next.step();
    assertThat(next.state()).isEqualTo(MailboxState.IDLE);
  }

  @Test
  void connectionThatEndsAfterAWhileIsMadeAnewWithoutAnError() {
    watcher.step();
    after(SETTLING);
    after(Duration.ofMinutes(2));

    lose();

    assertThat(watcher.state()).isEqualTo(MailboxState.BACKING_OFF);
    assertThat(fixture.events(account)).isEmpty();
    after(RECONNECT);
    assertThat(watcher.state()).isEqualTo(MailboxState.IDLE);
    assertThat(opened).isEqualTo(2);
  }

  @Test
  void connectionThatEndsAtOnceIsMadeAnewWithoutAnError() {
    watcher.step();
    lose();

    assertThat(watcher.status().lastError()).contains("lost");
    after(RECONNECT);

    assertThat(watcher.state()).isEqualTo(MailboxState.IDLE);
    assertThat(opened).isEqualTo(2);
    assertThat(fixture.events(account)).isEmpty();
    assertThat(fixture.health(account).error()).isNull();
  }

  @Test
  void connectionThatEndsAtOnceAgainIsAnError() {
    watcher.step();
    lose();
    after(RECONNECT);

    lose();

    assertThat(fixture.events(account)).containsExactly("account.error");
    assertThat(fixture.health(account).error()).contains("lost");
    assertThat(watcher.status().due())
        .isAfterOrEqualTo(clock.instant().plus(Duration.ofMinutes(2)));
  }

  @Test
  void connectionThatHeldForAWhileMakesUpForOneThatDidNot() {
    watcher.step();
    lose();
    after(RECONNECT);
    after(SETTLING);
    after(Duration.ofMinutes(2));
    lose();
    after(RECONNECT);

    lose();

    assertThat(fixture.events(account)).isEmpty();
  }

  @Test
  void connectionThatDoesNotComeAboutAgainIsAnError() {
    watcher.step();
    lose();
    serverAway = true;

    after(RECONNECT);

    assertThat(fixture.events(account)).containsExactly("account.error");
    assertThat(fixture.health(account).error()).contains("refused");
    assertThat(watcher.status().due())
        .isAfterOrEqualTo(clock.instant().plus(Duration.ofMinutes(2)));
  }

  @Test
  void serverThatIsAwayForOneVisitOfManyIsNoError() {
    kept = 0;
    watcher = watch(fixture.lease(account));
    watcher.step();
    serverAway = true;
    clock.set(watcher.status().due());
    watcher.step();
    serverAway = false;

    after(RECONNECT);

    assertThat(watcher.state()).isEqualTo(MailboxState.POLLING);
    assertThat(opened).isEqualTo(3);
    assertThat(fixture.events(account)).isEmpty();
  }

  @Test
  void serverThatIsAwayForTwoVisitsIsAnError() {
    kept = 0;
    watcher = watch(fixture.lease(account));
    watcher.step();
    serverAway = true;
    clock.set(watcher.status().due());
    watcher.step();

    after(RECONNECT);

    assertThat(fixture.events(account)).containsExactly("account.error");
  }

  @Test
  void visitsThatBreakNowAndThenAreNoError() {
    kept = 0;
    watcher = watch(fixture.lease(account));
    watcher.step();
    breakOneVisit();
    for (Instant end = clock.instant().plus(Duration.ofHours(1)); clock.instant().isBefore(end); ) {
      clock.set(watcher.status().due());
      watcher.step();
      assertThat(watcher.state()).isEqualTo(MailboxState.POLLING);
    }

    breakOneVisit();

    assertThat(fixture.events(account)).isEmpty();
    after(RECONNECT);
    assertThat(watcher.state()).isEqualTo(MailboxState.POLLING);
  }

  @Test
  void visitThatBreaksTwiceInARowIsAnError() {
    kept = 0;
    watcher = watch(fixture.lease(account));
    watcher.step();
    breakOneVisit();

    breakOneVisit();

    assertThat(fixture.events(account)).containsExactly("account.error");
  }

  @Test
  void connectionThatEndsAtOnceAfterAnErrorIsOverIsNoError() {
    watcher.step();
    lose();
    after(RECONNECT);
    lose();
    clock.set(watcher.status().due());
    watcher.step();
    assertThat(fixture.events(account)).containsExactly("account.error");
    after(SETTLING);
    after(Duration.ofMinutes(1));
    assertThat(fixture.events(account)).containsExactly("account.error", "account.recovered");

    lose();

    assertThat(fixture.events(account)).containsExactly("account.error", "account.recovered");
  }

  private void breakOneVisit() {
    breaksDown = true;
    clock.set(watcher.status().due());
    watcher.step();
    breaksDown = false;
    assertThat(watcher.state()).isEqualTo(MailboxState.BACKING_OFF);
    assertThat(watcher.status().lastError()).contains("lost");
  }

  private void lose() {
    folder.die();
    watcher.step();
  }

  @Test
  void troubleOfOursIsShortKeepsTheCursorAndIsNotTheServers() {
    watcher.step();
    databaseAway = true;

    folder.arrive(9);
    watcher.step();

    assertThat(watcher.state()).isEqualTo(MailboxState.BACKING_OFF);
    assertThat(Duration.between(clock.instant(), watcher.status().due()))
        .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(6));
    assertThat(fixture.mailbox(account).cursor()).isEqualTo(new Cursor(7, 0));
    assertThat(fixture.health(account).error()).isNull();
    databaseAway = false;
    after(Duration.ofSeconds(6));
    assertThat(delivered).containsExactly(9L);
    assertThat(met.get(met.size() - 1).failures()).isEqualTo(1);
    assertThat(opened).isEqualTo(1);
  }

  @Test
  void troubleOfOursWithTheServersIsToldAsOurs() {
    accountHealth = mock(AccountHealthRepository.class);
    when(accountHealth.of(any(), any())).thenReturn(AccountHealth.unknown(Protocol.IMAP));
    when(accountHealth.failed(any(), any(), any()))
        .thenThrow(new IllegalStateException("no database"));
    serverAway = true;
    MailboxWatcher next = watch(fixture.lease(account));

    next.step();

    assertThat(next.status().lastError()).isEqualTo("IllegalStateException");
    assertThat(Duration.between(clock.instant(), next.status().due()))
        .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(6));
  }

  @Test
  void mailThatWasCommittedThoughItLookedOtherwiseIsNotDeliveredAgain() {
    watcher.step();
    databaseAway = true;
    folder.arrive(9);
    watcher.step();
    advance(batch);
    databaseAway = false;

    after(Duration.ofSeconds(6));

    assertThat(delivered).isEmpty();
    assertThat(watcher.state()).isEqualTo(MailboxState.IDLE);
  }

  @Test
  void mailboxThatAnotherTookIsLetGoAndNothingIsWritten() {
    watcher.step();
    Lease other = fixture.lease(account);

    folder.arrive(3);
    watcher.step();

    assertThat(watcher.state()).isEqualTo(MailboxState.LOST);
    assertThat(folder.open).isFalse();
    assertThat(folder.seen).isEmpty();
    assertThat(fixture.mailbox(account).cursor()).isEqualTo(new Cursor(7, 0));
    assertThat(fixture.mailbox(account).fence()).isEqualTo(other.fence());
  }

  @Test
  void longBacklogIsTakenInFiveHundredAtATime() {
    watcher.step();
    for (long uid = 1; uid <= 1200; uid++) {
      folder.mails.put(uid, new FetchedHeader(uid, 10, null, new byte[0]));
    }

    List<Integer> runs = new ArrayList<>();
    folder.arrive(1201);
    while (watcher.isDue(clock.instant()) || runs.isEmpty()) {
      watcher.step();
      runs.add(delivered.size());
    }

    assertThat(runs).containsExactly(500, 1000, 1201);
    assertThat(folder.commands.stream().filter(c -> c.startsWith("HEADS")).distinct())
        .containsExactly("HEADS 100", "HEADS 1");
  }

  @Test
  void smallMailsThatAreReadAreFetchedTogetherAndOthersNever() {
    watcher.step();
    for (long uid = 1; uid <= 5; uid++) {
      folder.arrive(uid);
    }
    read.addAll(List.of(2L, 4L, 5L));

    watcher.step();

    assertThat(delivered).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(folder.commands.stream().filter(c -> c.startsWith("CONTENT")))
        .containsExactly("CONTENTS [2, 4, 5]");
  }

  @Test
  void twoLargeMailsAreNeverFetchedTogether() {
    watcher.step();
    folder.arrive(1, 900_000);
    folder.arrive(2, 900_000);
    folder.arrive(3, 2_000_000);
    read.addAll(List.of(1L, 2L, 3L));

    watcher.step();

    assertThat(folder.commands.stream().filter(c -> c.startsWith("CONTENT")))
        .containsExactly("CONTENT 1", "CONTENT 2", "CONTENT 3");
  }

  @Test
  void batchThatFailsIsDeliveredOneByOneUpToTheMailAtFault() {
    watcher.step();
    poisoned.add(4L);
    for (long uid = 2; uid <= 5; uid++) {
      folder.arrive(uid);
    }

    watcher.step();

    assertThat(batches).containsExactly(4, 1, 1, 1);
    assertThat(delivered).containsExactly(2L, 3L);
    assertThat(fixture.mailbox(account).cursor().lastUid()).isEqualTo(3);
    assertThat(watcher.status().state()).isEqualTo(MailboxState.BACKING_OFF);
  }

  @Test
  void batchThatFailsWhileItsMailboxIsLetGoIsLeftToTheNextWatcher() {
    watcher.step();
    poisoned.add(2L);
    letGoMeanwhile = true;
    for (long uid = 2; uid <= 4; uid++) {
      folder.arrive(uid);
    }

    watcher.step();

    assertThat(watcher.state()).isEqualTo(MailboxState.RELEASED);
    assertThat(batches).containsExactly(3);
    assertThat(fixture.mailbox(account).cursor().lastUid()).isZero();
    poisoned.clear();
    letGoMeanwhile = false;
    watch(fixture.lease(account)).step();
    assertThat(delivered).containsExactly(2L, 3L, 4L);
  }

  @Test
  void largeMailsShareNoBatch() {
    watcher.step();
    for (long uid = 2; uid <= 4; uid++) {
      folder.arrive(uid, 3 << 20);
    }
    folder.arrive(5);

    watcher.step();

    assertThat(batches).containsExactly(1, 1, 2);
    assertThat(delivered).containsExactly(2L, 3L, 4L, 5L);
  }

  @Test
  void mailThatWasTakenInBeforeACrashIsMarkedReadAfterwards() {
    folder.arrive(1);
    watcher.step();
    fixture.takenIn(account, 1);
    MailboxWatcher next = watch(fixture.lease(account));

    next.step();

    assertThat(folder.seen).containsExactly(1L);
    assertThat(fixture.pending(account)).isZero();
  }

  @Test
  void mailThatTheServerDoesNotGiveIsLeftBehindAfterAMinuteAndHarmsNoOther() {
    watcher.step();
    folder.unfetchable.add(3L);
    folder.arrive(2);
    folder.arrive(3);
    folder.arrive(4);

    watcher.step();
    assertThat(delivered).containsExactly(2L);
    assertThat(fixture.health(account).error()).contains("mail 3 cannot be fetched");
    assertThat(fixture.health(account).backoffUntil()).isEqualTo(watcher.status().due());
    for (int tries = 0; tries < 6 && !delivered.contains(4L); tries++) {
      clock.set(watcher.status().due());
      watcher.step();
    }

    assertThat(delivered).containsExactly(2L, 3L, 4L);
    assertThat(met.stream().filter(IncomingMail::isUnfetchable)).hasSize(1);
    assertThat(Duration.between(fixture.mailbox(account).watchedSince(), clock.instant()))
        .isBetween(Duration.ofSeconds(50), Duration.ofSeconds(90));
    assertThat(fixture.events(account)).isEmpty();
    assertThat(fixture.health(account).error()).isNull();
  }

  @Test
  void mailOfAServerThatGivesNoneAtAllIsWaitedForForAnHour() {
    watcher.step();
    folder.unfetchable.addAll(List.of(2L, 3L, 4L));
    folder.arrive(2);
    folder.arrive(3);
    folder.arrive(4);
    watcher.step();

    for (int tries = 0; tries < 4; tries++) {
      clock.set(watcher.status().due());
      watcher.step();
    }

    assertThat(delivered).isEmpty();
    assertThat(fixture.health(account).error()).contains("mail 2 cannot be fetched");
    folder.unfetchable.clear();
    clock.set(watcher.status().due());
    watcher.step();
    assertThat(delivered).containsExactly(2L, 3L, 4L);
    assertThat(fixture.health(account).error()).isNull();
    assertThat(fixture.events(account)).isEmpty();
  }

  @Test
  void serverThatAcceptsLoginsAndDiesEachTimeIsToldOnceAndLeftAloneForLonger() {
    watcher.step();
    lose();
    after(RECONNECT);
    lose();

    for (int times = 0; times < 4; times++) {
      clock.set(watcher.status().due());
      watcher.step();
      assertThat(watcher.state()).isEqualTo(MailboxState.IDLE);
      lose();
    }

    assertThat(fixture.events(account)).containsExactly("account.error");
    assertThat(fixture.health(account).failures()).isEqualTo(5);
    assertThat(fixture.health(account).error()).contains("lost");
    assertThat(watcher.status().due())
        .isAfterOrEqualTo(clock.instant().plus(Duration.ofMinutes(32)));
  }

  @Test
  void mailThatWeFailToTakeInAgainAndAgainIsInTheHealthThoughNoServerIsAtFault() {
    watcher.step();
    poisoned.add(2L);
    folder.arrive(2);
    watcher.step();
    assertThat(fixture.health(account).error()).isNull();

    for (int tries = 0; tries < 3; tries++) {
      clock.set(watcher.status().due());
      watcher.step();
    }

    assertThat(fixture.health(account).error()).contains("through no fault of its server");
    assertThat(fixture.events(account)).isEmpty();
    poisoned.clear();
    clock.set(watcher.status().due());
    watcher.step();
    assertThat(fixture.health(account).error()).isNull();
    assertThat(fixture.events(account)).isEmpty();
  }

  @Test
  void folderThatWasNumberedAnewIsGoneThroughAgainWithoutItsHistory() {
    folder.arrive(10, clock.instant());
    watcher.step();
    Instant watchedSince = clock.instant();
    watcher.stop(MailboxState.PAUSED);
    watcher.step();
    folder.mails.clear();
    folder.uidValidity = 8;
    folder.arrive(1, watchedSince.minus(Duration.ofDays(2)));
    folder.arrive(2, watchedSince.plus(Duration.ofHours(1)));

    MailboxWatcher next = watch(fixture.lease(account));
    next.step();

    assertThat(delivered).containsExactly(2L);
    assertThat(met.get(0).epoch()).isEqualTo(1);
    assertThat(fixture.mailbox(account).cursor()).isEqualTo(new Cursor(8, 2));
    assertThat(fixture.events(account)).containsExactly("account.mailbox_reset");
  }

  @Test
  void mailThatComesToARenumberedFolderLaterIsNeverHistory() {
    folder.arrive(10, clock.instant());
    watcher.step();
    Instant watchedSince = clock.instant();
    folder.mails.clear();
    folder.uidValidity = 8;
    folder.arrive(1, watchedSince.plus(Duration.ofHours(1)));
    MailboxWatcher next = watch(fixture.lease(account));
    next.step();

    folder.arrive(2, watchedSince.minus(Duration.ofDays(400)));
    next.step();

    assertThat(delivered).containsExactly(1L, 2L);
    assertThat(met).noneMatch(mail -> mail.uid() == 2 && mail.isPossibleDuplicate());
  }

  @Test
  void mailOfARenumberedFolderThatShouldBeKnownIsDoubtful() {
    folder.arrive(10, clock.instant());
    watcher.step();
    fixture.takenIn(account, 10, AfterIngest.SEEN, clock.instant().plus(Duration.ofHours(2)));
    folder.mails.clear();
    folder.uidValidity = 8;
    folder.arrive(1, clock.instant().plus(Duration.ofHours(1)));
    folder.arrive(2, clock.instant().plus(Duration.ofHours(3)));

    watch(fixture.lease(account)).step();

    assertThat(met.stream().filter(IncomingMail::isPossibleDuplicate))
        .extracting(IncomingMail::uid)
        .containsExactly(1L);
  }

  @Test
  void hugeRenumberedFolderIsComparedForItsLastDaysOnly() {
    folder.arrive(10, clock.instant());
    watcher.step();
    Instant last = clock.instant().plus(Duration.ofDays(100));
    fixture.takenIn(account, 10, AfterIngest.SEEN, last);
    folder.mails.clear();
    folder.uidValidity = 8;
    folder.exists = 50_001;
    folder.arrive(1, clock.instant().plus(Duration.ofDays(50)));
    folder.arrive(2, last.minus(Duration.ofDays(1)));
    folder.arrive(3, last.plus(Duration.ofDays(1)));

    watch(fixture.lease(account)).step();

    assertThat(delivered).containsExactly(2L, 3L);
  }

  @Test
  void olderMailIsTakenInFromTheDayThatIsWanted() {
    folder.arrive(1, clock.instant().minus(Duration.ofDays(30)));
    folder.arrive(2, clock.instant().minus(Duration.ofDays(3)));
    folder.arrive(3, clock.instant().minus(Duration.ofDays(1)));
    account = fixture.backfilled(clock.instant().minus(Duration.ofDays(4)));
    MailboxWatcher wanted = watch(fixture.lease(account));

    wanted.step();
    watch(fixture.lease(account)).step();

    assertThat(delivered).containsExactly(2L, 3L);
  }

  @Test
  void wrongUidNextIsNoReasonToBeginAnew() {
    folder.arrive(10);
    watcher.step();
    folder.uidNext = 4;

    watch(fixture.lease(account)).step();

    assertThat(delivered).isEmpty();
    assertThat(fixture.mailbox(account).epoch()).isZero();
  }

  @Test
  void mailBelowAUidNextThatIsTooHighIsNotPassedOver() {
    folder.arrive(5);
    folder.uidNext = 1000;
    watcher.step();

    folder.arrive(6);
    watcher.step();

    assertThat(delivered).containsExactly(6L);
  }

  @Test
  void folderThatWasSetBackIsGoneThroughAgain() {
    folder.arrive(10);
    watcher.step();
    watcher.stop(MailboxState.PAUSED);
    watcher.step();
    folder.mails.clear();
    folder.arrive(4, clock.instant());

    watch(fixture.lease(account)).step();

    assertThat(delivered).containsExactly(4L);
    assertThat(fixture.mailbox(account).epoch()).isEqualTo(1);
  }

  @Test
  void mailboxThatIsLetGoLeavesItsServerPolitely() {
    watcher.step();

    watcher.stop(MailboxState.PAUSED);
    watcher.step();
    watcher.step();

    assertThat(watcher.state()).isEqualTo(MailboxState.PAUSED);
    assertThat(folder.commands).endsWith("LOGOUT").containsOnlyOnce("LOGOUT");
    assertThat(watcher.isDue(clock.instant().plus(Duration.ofDays(1)))).isFalse();
  }

  private void after(Duration time) {
    clock.advance(time);
    if (watcher.isDue(clock.instant())) {
      watcher.step();
    }
  }

  private MailboxWatcher watch(Lease lease) {
    WatcherServices tools =
        new WatcherServices(
            rows,
            accountHealth,
            this::open,
            this::deliver,
            true,
            new LoginPacing(clock, 8, Duration.ZERO, kept),
            new MailMemory(256 << 20),
            new PollObservations(ObservationRegistry.create()),
            settings,
            clock,
            new Random(1));
    return new MailboxWatcher(account, account.settings().folder(), lease, tools);
  }

  private RemoteFolder open(Account opening, String name, boolean writable)
      throws MessagingException {
    opened++;
    if (serverAway) {
      throw new MessagingException("connection refused");
    }
    folder.opened();
    folder.dead = breaksDown;
    return folder;
  }

  private void deliver(IncomingBatch mails) {
    met.addAll(mails.mails());
    batch = mails;
    batches.add(mails.mails().size());
    if (letGoMeanwhile) {
      watcher.stop(MailboxState.RELEASED);
    }
    if (databaseAway || mails.mails().stream().anyMatch(mail -> poisoned.contains(mail.uid()))) {
      throw new IllegalStateException("as the test wants");
    }
    mails.fetch(mails.mails().stream().filter(mail -> read.contains(mail.uid())).toList());
    for (IncomingMail mail : mails.mails()) {
      if (read.contains(mail.uid())) {
        assertThat(mail.raw().size()).isPositive();
      }
    }
    advance(mails);
    mails.mails().forEach(mail -> delivered.add(mail.uid()));
  }

  private void advance(IncomingBatch mails) {
    transaction.executeWithoutResult(status -> mailboxes.advance(mails));
  }
}
