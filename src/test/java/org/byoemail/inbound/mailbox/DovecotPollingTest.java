package org.byoemail.inbound.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.observation.ObservationRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.byoemail.account.connection.ImapConnections;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.MailUser;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/** A mailbox without IDLE on a real IMAP server, over TLS; the test sets the clock. */
@MailboxTest
class DovecotPollingTest {
  @RegisterExtension static final DovecotServer DOVECOT = DovecotServer.shared();

  private static final Duration INTERVAL = Duration.ofSeconds(40);

  @Autowired MailboxFixture fixture;
  @Autowired MailboxRows rows;
  @Autowired Mailboxes mailboxes;
  @Autowired AccountHealthRepository accountHealth;
  @Autowired ImapConnections connections;
  @Autowired MailboxSettings settings;
  @Autowired SettableClock clock;
  @Autowired TransactionTemplate transaction;

  private final MailUser user = DOVECOT.freshUser("polled");
  private final List<String> subjects = new ArrayList<>();
  private MailboxThreads threads;
  private MailboxWatcher watcher;
  private int opened;
  private int kept = 100;

  @BeforeEach
  void begin() {
    threads = new MailboxThreads(settings);
  }

  @AfterEach
  void end() {
    watcher.stop(MailboxState.RELEASED);
    watcher.step();
    threads.destroy();
  }

  @Test
  void mailIsFoundAtTheIntervalOverTheConnectionThatIsKept() {
    watcher = watch();
    watcher.step();
    assertThat(watcher.state()).isEqualTo(MailboxState.POLLING);
    deliver("first");
    clock.advance(Duration.ofSeconds(30));
    watcher.step();
    assertThat(subjects).isEmpty();

    untilDue();
    assertThat(subjects).containsExactly("first");
    untilDue();
    deliver("second");
    deliver("third");
    untilDue();

    assertThat(subjects).containsExactly("first", "second", "third");
    assertThat(watcher.state()).isEqualTo(MailboxState.POLLING);
    assertThat(opened).isEqualTo(1);
    assertThat(DOVECOT.doveadm("who", user.address())).contains("imap");
  }

  @Test
  void mailIsFoundOverANewConnectionWhereNoneIsKept() {
    kept = 0;
    watcher = watch();
    watcher.step();
    deliver("first");

    untilDue();

    assertThat(subjects).containsExactly("first");
    assertThat(opened).isEqualTo(2);
  }

  /** Lets the interval pass, which varies by a tenth. */
  private void untilDue() {
    Duration wait = Duration.between(clock.instant(), watcher.status().due());
    assertThat(wait).isPositive().isLessThanOrEqualTo(INTERVAL.multipliedBy(11).dividedBy(10));
    clock.advance(wait);
    watcher.step();
  }

  private void deliver(String subject) {
    String mail = "From: ann@else.test\r\nSubject: %s\r\n\r\nbody\r\n".formatted(subject);
    DOVECOT.deliver(user.address(), mail.getBytes(StandardCharsets.US_ASCII));
  }

  private MailboxWatcher watch() {
    Account account = fixture.polled(user, DOVECOT.imapsPort(), INTERVAL);
    ImapFolders folders = new ImapFolders(connections, threads, settings);
    WatcherServices tools =
        new WatcherServices(
            rows,
            accountHealth,
            (opening, folder, writable) -> {
              opened++;
              return folders.open(opening, folder, writable);
            },
            this::takeIn,
            true,
            new LoginPacing(clock, 8, Duration.ZERO, kept),
            new MailMemory(256 << 20),
            new PollObservations(ObservationRegistry.create()),
            settings,
            clock,
            new Random(1));
    return new MailboxWatcher(account, "INBOX", fixture.lease(account), tools);
  }

  private void takeIn(IncomingBatch batch) {
    batch.mails().forEach(mail -> subjects.add(mail.headers().subject()));
    transaction.executeWithoutResult(status -> mailboxes.advance(batch));
  }
}
