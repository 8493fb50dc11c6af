package org.byoemail.inbound.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.account.registry.InboundOptions;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Mail by which nodes end. A node that is killed while it reads is one whose delivery never
 * returns: the next node reads on from within it.
 */
@MailboxTest
class FatalMailGuardTest {
  private static final int LARGE = 2 << 20;

  @Autowired MailboxFixture fixture;
  @Autowired MailboxRows rows;
  @Autowired Mailboxes mailboxes;
  @Autowired AccountHealthRepository accountHealth;
  @Autowired MailboxSettings settings;
  @Autowired SettableClock clock;
  @Autowired TransactionTemplate transaction;
  @Autowired JdbcClient jdbc;

  private final FakeFolder folder = new FakeFolder();

  /** The mails of each delivery, and whether they were left unread. */
  private final List<String> read = new ArrayList<>();

  private Account account;
  private long fatal = -1;
  private Runnable meanwhile = () -> {};

  @BeforeEach
  void begin() {
    account = fixture.account(993, InboundOptions.DEFAULT);
    rows.establish(fixture.mailbox(account).id(), new Cursor(7, 0));
  }

  @Test
  void largeMailByWhichNodesEndIsNotReadAThirdTime() {
    folder.arrive(1, 1000);
    folder.arrive(2, LARGE);
    folder.arrive(3, 1000);
    fatal = 2;

    node();

    assertThat(read).containsExactly("[1, 2, 3]", "[1]", "[2]", "[2] unread", "[3]");
    assertThat(fixture.mailbox(account).cursor()).isEqualTo(new Cursor(7, 3));
  }

  @Test
  void smallMailByWhichNodesEndIsNotReadOnceMore() {
    folder.arrive(1, 1000);
    folder.arrive(2, 1000);
    fatal = 2;

    node();

    assertThat(read).containsExactly("[1, 2]", "[1, 2]", "[1]", "[2]", "[2] unread");
  }

  @Test
  void shortageOfMemoryThatTheProgramOutlivesIsHeldAgainstAMailWhileOthersPass() {
    folder.arrive(1, 1000);
    folder.arrive(2, 1000);
    MailboxWatcher watcher = watch();
    meanwhile =
        () -> {
          throw new OutOfMemoryError("as the test wants");
        };
    fatal = 2;

    for (int i = 0; i < 4; i++) {
      watcher.step();
      otherMailPasses();
      clock.advance(Duration.ofHours(2));
    }

    assertThat(read).endsWith("[2]", "[2] unread");
    assertThat(fixture.mailbox(account).cursor()).isEqualTo(new Cursor(7, 2));
  }

  @Test
  void troubleOfOursIsNeverHeldAgainstALargeMail() {
    folder.arrive(1, LARGE);
    MailboxWatcher watcher = watch();
    meanwhile =
        () -> {
          throw new IllegalStateException("as the test wants");
        };
    fatal = 1;

    for (int i = 0; i < 4; i++) {
      watcher.step();
      otherMailPasses();
      clock.advance(Duration.ofHours(2));
    }
    fatal = -1;
    node();

    assertThat(read).hasSize(5).allMatch("[1]"::equals);
  }

  @Test
  void smallMailIsReadWithoutANoteOfIt() {
    folder.arrive(1, 1000);

    watch().step();

    assertThat(read).containsExactly("[1]");
    assertThat(noted()).isEmpty();
  }

  private List<Long> noted() {
    return jdbc.sql("SELECT reading_to FROM mailbox WHERE id = :id AND reading_to IS NOT NULL")
        .param("id", fixture.mailbox(account).id().value())
        .query(Long.class)
        .list();
  }

  /** Another node takes the mailbox from one that did not let it go, and looks. */
  private void node() {
    MailboxWatcher watcher = watch();
    jdbc.sql("UPDATE mailbox SET taken_over = true WHERE id = :id")
        .param("id", watcher.lease().mailbox().value())
        .update();
    if (read.isEmpty()) {
      jdbc.sql("UPDATE mailbox SET taken_over = false").update();
      meanwhile =
          () -> {
            node();
            throw new Error("this node was killed meanwhile");
          };
    }
    watcher.step();
  }

  private void otherMailPasses() {
    Account other = fixture.account(993, InboundOptions.DEFAULT);
    rows.establish(fixture.mailbox(other).id(), new Cursor(7, 0));
    FakeFolder others = new FakeFolder();
    others.arrive(1, 1000);
    watch(other, others, this::passes).step();
  }

  private MailboxWatcher watch() {
    return watch(account, folder, this::deliver);
  }

  private MailboxWatcher watch(Account of, FakeFolder in, InboundDelivery delivery) {
    WatcherServices tools =
        new WatcherServices(
            rows,
            accountHealth,
            (any, folder, writable) -> in.opened(),
            delivery,
            true,
            new LoginPacing(clock, 8, Duration.ZERO, 100),
            new MailMemory(256 << 20),
            new PollObservations(ObservationRegistry.create()),
            settings,
            clock,
            new Random(1));
    return new MailboxWatcher(of, "INBOX", fixture.lease(of), tools);
  }

  private void deliver(IncomingBatch batch) {
    List<Long> uids = batch.mails().stream().map(IncomingMail::uid).toList();
    boolean unread = batch.mails().get(0).isFatal();
    read.add(uids + (unread ? " unread" : ""));
    if (uids.contains(fatal) && !unread) {
      meanwhile.run();
    }
    passes(batch);
  }

  private void passes(IncomingBatch batch) {
    transaction.executeWithoutResult(status -> mailboxes.advance(batch));
  }
}
