package org.byoemail.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.byoemail.account.connection.ConnectionTest;
import org.byoemail.account.connection.ConnectionTest.Step;
import org.byoemail.account.connection.Connections;
import org.byoemail.account.connection.ImapConnection;
import org.byoemail.account.connection.SelectResult;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.support.ScriptedImapServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An IMAP server that speaks without end, at whichever command, costs little memory and is left
 * with a clear reason.
 */
@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EndlessImapResponsesTest {
  /** All that is allocated, most of which is garbage at once. */
  private static final long ALLOCATED = 64 << 20;

  /** Buffers of sockets hold some MB. */
  private static final long SENT = 24 << 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final ScriptedImapServer server = new ScriptedImapServer();
  private final Connections connections =
      new Connections(Clock.systemUTC(), Duration.ofSeconds(5), null);

  @AfterEach
  void close() throws IOException {
    connections.close();
    server.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "AUTHENTICATE | login  | '* x'",
        "AUTHENTICATE | login  | '+ bW9yZQ=='",
        "AUTHENTICATE | login  | '* CAPABILITY IMAP4rev1'",
        "EXAMINE      | select | '* x'",
        "EXAMINE      | select | '* OK [UIDVALIDITY 7] v'",
        "EXAMINE      | select | '* FLAGS (\\Seen)'",
        "NOOP         | noop   | '* x'",
        "NOOP         | noop   | '* 5 EXISTS'",
        "NOOP         | noop   | '* 1 EXPUNGE'",
        "NOOP         | noop   | '* 1 FETCH (FLAGS (\\Seen))'",
        "NOOP         | noop   | '+ '",
        "NOOP         | noop   | '*'",
        "NOOP         | noop   | ''",
        "NOOP         | noop   | '* 1 FETCH (X {1}'"
      })
  void testImapEndsSoonAndSaysWhy(String command, String step, String words) {
    server.flood(command, words + "\r\n");
    long before = allocated();

    ConnectionTest test = connections.tests().imap(account());

    Step last = test.steps().get(test.steps().size() - 1);
    assertThat(test.ok()).isFalse();
    assertThat(last.name()).isEqualTo(step);
    assertThat(last.detail())
        .containsAnyOf("without end", "does not end", "more of a command", "was not asked");
    assertThat(allocated() - before).isLessThan(ALLOCATED);
    assertThat(server.flooded()).isLessThan(SENT);
  }

  @ParameterizedTest
  @CsvSource({"AUTHENTICATE,login", "EXAMINE,select", "NOOP,noop"})
  void lineWithoutEndIsCut(String command, String step) {
    server.flood(command, "* 1 FETCH (X (");

    ConnectionTest test = connections.tests().imap(account());

    Step last = test.steps().get(test.steps().size() - 1);
    assertThat(last.name()).isEqualTo(step);
    assertThat(last.detail()).contains("a line of the server does not end");
  }

  @Test
  void goodbyeWithoutEndDelaysNothing() {
    server.flood("LOGOUT", "* x\r\n");

    ConnectionTest test = connections.tests().imap(account());

    assertThat(test.ok()).isTrue();
    assertThat(server.flooded()).isLessThan(SENT);
  }

  @Test
  void testOfAServerThatTricklesEndsInTime() {
    server.answer("NOOP", "");
    server.answer("EXAMINE", "* OK one\r\n%t OK done\r\n");
    server.answer("STATUS", "");
    long began = System.nanoTime();

    ConnectionTest test = connections.tests().imap(account());

    assertThat(test.ok()).isFalse();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(18));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "* x\r\n",
        "* SEARCH 1 2 3 4 5 6 7 8 9 10\r\n",
        "* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n",
        "* 1 FETCH (UID 1 BODY[] {4}\r\nabcd)\r\n",
        "* 1 FETCH (UID 1 BODY[] {0}\r\n",
        "* 1 EXPUNGE\r\n",
        "* 2 EXISTS\r\n",
        "+ go on\r\n"
      })
  void searchAndFetchAreReadAsStreamsAndEnd(String words) throws Exception {
    server.flood("UID SEARCH", words);
    server.flood("UID FETCH", words);

    for (String command : new String[] {"UID SEARCH UID 1:*", "UID FETCH 1 (UID BODY.PEEK[])"}) {
      try (ImapConnection connection = opened()) {
        long before = allocated();

        assertThatThrownBy(
                () ->
                    connection.send(
                        command, Duration.ofSeconds(20), 2 << 20, 1 << 20, response -> {}))
            .isInstanceOf(MessagingException.class)
            .hasMessageContaining("the connection was cut: the server");

        assertThat(allocated() - before).isLessThan(2 * ALLOCATED);
      }
    }
  }

  @Test
  void searchLineWithoutEndIsReadInPieces() throws Exception {
    server.answer("UID SEARCH", "* SEARCH" + " 12345".repeat(50_000) + "\r\n%t OK done\r\n");
    int[] longest = {0};
    int[] found = {0};

    try (ImapConnection connection = opened()) {
      connection.send(
          "UID SEARCH UID 1:*",
          Duration.ofSeconds(20),
          1 << 20,
          0,
          response -> {
            longest[0] = Math.max(longest[0], response.text().length());
            found[0] += response.text().strip().split(" ").length;
          });
    }

    assertThat(found[0]).isEqualTo(50_000);
    assertThat(longest[0]).isLessThan(64 << 10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"* x\r\n", "* 2 EXISTS\r\n", "* 1 EXPUNGE\r\n", "+ idling\r\n", "* x"})
  void idleWithoutEndIsCut(String words) throws Exception {
    server.flood("IDLE", "+ idling\r\n" + words);

    try (ImapConnection connection = opened()) {
      assertThatThrownBy(
              () -> {
                connection.startIdle();
                while (connection.isIdling()) {
                  connection.hearUnderIdle();
                }
              })
          .isInstanceOf(MessagingException.class)
          .hasMessageContaining("the connection was cut");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "* OK [ALERT {2000000000}\r\n",
        "* OK {99999999999999999999}\r\n",
        "* 1 FETCH (UID 1 X {900000}\r\n",
        "* x {65537}\r\n"
      })
  void literalOfAbsurdSizeIsRefusedUnread(String words) {
    server.answer("EXAMINE", words);

    ConnectionTest test = connections.tests().imap(account());

    assertThat(test.steps().get(test.steps().size() - 1).detail()).contains("announces more");
  }

  private ImapConnection opened() throws MessagingException {
    ImapConnection connection = connections.imap().open(account());
    SelectResult.open(connection, "INBOX", true);
    return connection;
  }

  private static long allocated() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(
            thread ->
                thread == Thread.currentThread() || thread.getName().startsWith("byo-server-visit"))
        .mapToLong(thread -> THREADS.getThreadAllocatedBytes(thread.getId()))
        .sum();
  }

  private Account account() {
    return AccountFixtures.receiving(
        "localhost", server.port(), Security.NONE, "ada", "correct horse");
  }
}
