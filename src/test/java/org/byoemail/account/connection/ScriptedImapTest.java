package org.byoemail.account.connection;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.support.ScriptedImapServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** A scripted IMAP server, and what connects to it. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class ScriptedImapTest {
  static final String PASSWORD = "correct horse";

  final ScriptedImapServer server = new ScriptedImapServer();
  final Connections connections;

  /**
   * @param trusted the certificate of the trusted authority; null: no TLS
   */
  ScriptedImapTest(@Nullable Path trusted) {
    connections = new Connections(Clock.systemUTC(), Duration.ofSeconds(3), trusted);
  }

  @AfterEach
  void close() throws IOException {
    connections.close();
    server.close();
  }

  Account account(Security security) {
    return AccountFixtures.receiving("localhost", server.port(), security, "ada", PASSWORD);
  }
}
