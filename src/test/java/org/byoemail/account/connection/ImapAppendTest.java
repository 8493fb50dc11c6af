package org.byoemail.account.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.mail.MessagingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.support.ScriptedImapServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ImapAppendTest {
  private final ScriptedImapServer server = new ScriptedImapServer();
  private final Connections connections =
      new Connections(Clock.systemUTC(), Duration.ofSeconds(3), null);

  @AfterEach
  void close() throws IOException {
    connections.close();
    server.close();
  }

  @Test
  void noCommandFollowsALiteralThatWasSentInPart() throws MessagingException {
    server.answer("^APPEND", "+ go on\r\n");
    AtomicInteger passes = new AtomicInteger();
    ImapAppend.Content lost =
        out -> {
          out.write("Subject: half".getBytes(StandardCharsets.US_ASCII));
          if (passes.incrementAndGet() == 2) {
            throw new UncheckedIOException(new IOException("the content is gone"));
          }
        };

    try (ImapConnection connection =
        connections.imap.open(
            AccountFixtures.receiving(
                "localhost", server.port(), Security.NONE, "ada", "correct horse"))) {
      assertThatThrownBy(
              () ->
                  ImapAppend.asRead(connection, "Sent", Instant.EPOCH, lost, Duration.ofSeconds(5)))
          .isInstanceOf(MessagingException.class);
      assertThatThrownBy(() -> connection.send("NOOP")).isInstanceOf(MessagingException.class);
    }

    assertThat(server.commands).noneMatch(command -> command.contains("NOOP"));
  }
}
