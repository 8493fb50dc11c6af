package org.byoemail.inbound.mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.byoemail.account.connection.ImapConnections;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.support.CertificateAuthority;
import org.byoemail.support.ScriptedImapServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.util.unit.DataSize;

/** Nothing that one server says or withholds delays another one's mailbox, with one worker. */
@MailboxTest
class SlowServerTest {
  /** Less than anything that one of them may be waited for. */
  private static final Duration PROMPT = Duration.ofSeconds(6);

  private static final Duration DONE_TIMEOUT = Duration.ofSeconds(8);

  @Autowired MailboxFixture fixture;
  @Autowired MailboxRows rows;
  @Autowired AccountHealthRepository accountHealth;
  @Autowired ImapConnections connections;

  private final MailboxSettings settings =
      new MailboxSettings(
          1,
          Duration.ofSeconds(10),
          Duration.ofMinutes(9),
          Map.of(),
          Duration.ofMinutes(15),
          DONE_TIMEOUT,
          Duration.ofSeconds(30),
          8,
          100,
          Duration.ZERO,
          Duration.ofSeconds(5),
          DataSize.ofMegabytes(64));
  private final ScriptedImapServer slow = new ScriptedImapServer();
  private final ScriptedImapServer sound = new ScriptedImapServer();
  private final MailboxThreads threads = new MailboxThreads(settings);
  private final MailboxWatchers watchers =
      new MailboxWatchers(threads, new SimpleMeterRegistry(), Clock.systemUTC());
  private Account ofSlow;

  @BeforeEach
  void watchBoth() {
    ofSlow = fixture.account(slow.port());
    watch(ofSlow);
    watch(fixture.account(sound.port()));
    awaitIdle();
  }

  @AfterEach
  void stop() throws Exception {
    slow.close();
    sound.close();
    watchers.stopAll(System.nanoTime() + Duration.ofSeconds(5).toNanos());
    threads.destroy();
  }

  @Test
  void halfALineDelaysNobodyElse() {
    slow.say("* 1 EXI");

    sound.say("* 1 EXISTS\r\n");

    await().atMost(PROMPT).until(() -> sound.commands.contains("DONE"));
  }

  @Test
  void halfARecordOfTlsDelaysNobodyElseAndItsRestIsWaitedFor() throws Exception {
    try (ScriptedImapServer veiled = new ScriptedImapServer()) {
      veiled.withTls(CertificateAuthority.shared().issue());
      watch(fixture.account(veiled.port(), Security.SSL));
      awaitIdle();
      veiled.put(1, "Subject: veiled\r\n\r\nbody\r\n");

      veiled.sayHalf("* 1 EXISTS\r\n");
      sound.say("* 1 EXISTS\r\n");

      await().atMost(PROMPT).until(() -> sound.commands.contains("DONE"));
      assertThat(veiled.commands).noneMatch(command -> command.startsWith("UID FETCH"));
      veiled.sayRest();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> veiled.commands.stream().anyMatch(c -> c.startsWith("UID FETCH 1 ")));
      assertThat(veiled.connections()).isEqualTo(1);
    }
  }

  @Test
  void restOfTheLineIsWaitedFor() {
    slow.say("* 1 EXI");
    slow.say("STS\r\n");

    await().atMost(Duration.ofSeconds(30)).until(() -> slow.commands.contains("DONE"));
    assertThat(slow.connections()).isEqualTo(1);
  }

  @Test
  void lineThatIsNotCompletedEndsTheConnection() {
    slow.say("* 1 EXI");

    awaitByClock(() -> slow.commands.contains("gone"));
    awaitByClock(() -> slow.connections() == 2);
    assertThat(fixture.events(ofSlow)).isEmpty();
  }

  @Test
  void unansweredDoneEndsTheConnectionAndDelaysNobodyElse() {
    slow.answer("^DONE$", "");

    watchers.pollNow(ofSlow.id());
    await().atMost(Duration.ofSeconds(30)).until(() -> slow.commands.contains("DONE"));
    sound.say("* 1 EXISTS\r\n");

    await().atMost(PROMPT).until(() -> sound.commands.contains("DONE"));
    await().atMost(Duration.ofSeconds(60)).until(() -> slow.commands.contains("gone"));
    awaitByClock(() -> slow.connections() == 2);
  }

  @Test
  void smallTalkOfAServerIsNoReasonToLook() {
    long before = slow.commands.size();

    slow.say("* OK still here\r\n");
    slow.say("* 0 EXISTS\r\n");
    sound.say("* 1 EXISTS\r\n");

    await().atMost(Duration.ofSeconds(30)).until(() -> sound.commands.contains("DONE"));
    assertThat(slow.commands).hasSize((int) before);
  }

  private void watch(Account account) {
    watchers.add(new MailboxWatcher(account, "INBOX", fixture.lease(account), tools()));
  }

  private void awaitIdle() {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> watchers.states().stream().allMatch(s -> s.state() == MailboxState.IDLE));
  }

  private void awaitByClock(Callable<Boolean> wanted) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              watchers.tick();
              return wanted.call();
            });
  }

  private WatcherServices tools() {
    return new WatcherServices(
        rows,
        accountHealth,
        new ImapFolders(connections, threads, settings),
        mail -> {},
        true,
        new LoginPacing(Clock.systemUTC(), 8, Duration.ZERO, 100),
        new MailMemory(256 << 20),
        new PollObservations(ObservationRegistry.create()),
        settings,
        Clock.systemUTC(),
        new Random(1));
  }
}
