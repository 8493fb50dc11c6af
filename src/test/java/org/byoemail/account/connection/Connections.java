package org.byoemail.account.connection;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.format.mail.AccountId;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.support.StaticListableBeanFactory;

/** The connections of this package, put together for a test, with loopback allowed. */
public final class Connections implements AutoCloseable {
  private final WriteTimeouts writeTimeouts = new WriteTimeouts();
  private final HostLookups lookups = new HostLookups();

  /** What the database says of accounts. */
  final Map<AccountId, Long> versions = new ConcurrentHashMap<>();

  /** What accounts sign in with by OAuth 2.0. */
  final ScriptedTokens tokens = new ScriptedTokens();

  final SmtpConnector opener;
  final SmtpConnections smtp;
  final ImapConnections imap;
  final ConnectionTests tests;
  private final VettedHttp http;
  private final ServerTasks visits;

  public Connections(Clock clock, Duration timeout, @Nullable Path trusted) {
    ConnectionSettings settings =
        new ConnectionSettings(
            List.of("127.0.0.0/8", "::1"),
            trusted,
            "gateway.example.test",
            timeout,
            timeout,
            timeout,
            timeout,
            timeout,
            timeout.multipliedBy(10),
            timeout.multipliedBy(2),
            new ConnectionSettings.Tests(4, 2, 1),
            new ConnectionSettings.Pool(
                2,
                4,
                Duration.ofSeconds(60),
                Duration.ofMinutes(10),
                100,
                Duration.ofSeconds(30),
                Duration.ofMillis(300)));
    HostVetting vetting =
        new HostVetting(
            settings,
            new StaticListableBeanFactory().getBeanProvider(AllowedNetwork.class),
            lookups,
            Duration.ZERO);
    AccountCredentials secrets =
        new AccountCredentials(
            AccountFixtures.secrets(),
            new StaticListableBeanFactory(Map.of("tokens", tokens))
                .getBeanProvider(MailboxTokens.class));
    try {
      TrustedCertificates trust = new TrustedCertificates(settings);
      opener = new SmtpConnector(settings, vetting, trust, secrets, writeTimeouts, clock);
      smtp =
          new SmtpConnections(settings, opener, ids -> versions, clock, new SimpleMeterRegistry());
      visits = new ServerTasks(settings, vetting);
      http = new VettedHttp(vetting, trust, writeTimeouts, settings);
      imap = new ImapConnections(settings, vetting, trust, secrets, writeTimeouts);
      tests = new ConnectionTests(settings, opener, imap, secrets, visits);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The pool. */
  public SmtpConnections smtp() {
    return smtp;
  }

  /** Opens IMAP connections. */
  public ImapConnections imap() {
    return imap;
  }

  /** Requests by HTTP. */
  public VettedHttp http() {
    return http;
  }

  /** The connection tests. */
  public ConnectionTests tests() {
    return tests;
  }

  @Override
  public void close() {
    smtp.destroy();
    visits.destroy();
    lookups.destroy();
    writeTimeouts.destroy();
  }
}
