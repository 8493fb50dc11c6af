package org.byoemail.inbound.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.byoemail.account.connection.Connections;
import org.byoemail.account.connection.ImapConnection;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.support.ScriptedImapServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UidSearchResultTest {
  private final ScriptedImapServer server = new ScriptedImapServer();
  private final Connections connections =
      new Connections(Clock.systemUTC(), Duration.ofSeconds(5), null);

  @AfterEach
  void close() throws IOException {
    connections.close();
    server.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "* SEARCH 12 10 11",
        "*  SEARCH  12  10  11 ",
        "* SEARCH\t12\t10\t11",
        "* SEARCH 12,10,11",
        "* search 12 10 11 (MODSEQ 917162500)",
        "* SEARCH 12 x13 10 11 99999999999999999999999 0",
        "* SEARCH 12\r\n* SEARCH 10 11 10"
      })
  void uidsAreFoundHoweverTheyAreWritten(String answer) throws Exception {
    UidSearchResult found = search(answer, 0);

    assertThat(found.lowest()).containsExactly(10L, 11L, 12L);
    assertThat(found.highest()).isEqualTo(12);
    assertThat(found.isTruncated()).isFalse();
  }

  @Test
  void lowestAreKeptOfVeryMany() throws Exception {
    String all =
        LongStream.rangeClosed(1, 60_000)
            .map(number -> 60_001 - number)
            .mapToObj(String::valueOf)
            .collect(Collectors.joining(" "));

    UidSearchResult found = search("* SEARCH " + all, 100);

    assertThat(found.lowest()).hasSize(5_000).startsWith(101L, 102L).endsWith(5_100L);
    assertThat(found.highest()).isEqualTo(60_000);
    assertThat(found.isTruncated()).isTrue();
  }

  private UidSearchResult search(String answer, long above) throws Exception {
    server.answer("UID SEARCH", answer + "\r\n%t OK done\r\n");
    UidSearchResult found = new UidSearchResult(above);
    try (ImapConnection connection =
        connections
            .imap()
            .open(
                AccountFixtures.receiving(
                    "localhost", server.port(), Security.NONE, "ada", "secret"))) {
      connection.send("UID SEARCH ALL", Duration.ofSeconds(5), 1 << 20, 0, found);
    }
    return found;
  }
}
