package org.byoemail.account.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.mail.MessagingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.byoemail.account.registry.ServerSettings.Security;
import org.junit.jupiter.api.Test;

class ImapAppendTest extends ScriptedImapTest {
  ImapAppendTest() {
    super(null);
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

    try (ImapConnection connection = connections.imap.open(account(Security.NONE))) {
      assertThatThrownBy(
              () ->
                  ImapAppend.asRead(connection, "Sent", Instant.EPOCH, lost, Duration.ofSeconds(5)))
          .isInstanceOf(MessagingException.class);
      assertThatThrownBy(() -> connection.send("NOOP")).isInstanceOf(MessagingException.class);
    }

    assertThat(server.commands).noneMatch(command -> command.contains("NOOP"));
  }
}
