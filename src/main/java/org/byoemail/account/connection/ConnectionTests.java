package org.byoemail.account.connection;

import jakarta.mail.MessagingException;
import java.time.Duration;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Protocol;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Tests the servers of an account with its current settings, over new connections. Takes seconds;
 * blocks the calling thread, which may be a virtual one. Changes nothing on the server or in the
 * database.
 */
@Component
public class ConnectionTests {
  private final ConnectionSettings settings;
  private final SmtpConnector smtp;
  private final ImapConnections imap;
  private final AccountCredentials credentials;
  private final ServerTasks visits;

  ConnectionTests(
      ConnectionSettings settings,
      SmtpConnector smtp,
      ImapConnections imap,
      AccountCredentials credentials,
      ServerTasks visits) {
    this.visits = visits;
    this.settings = settings;
    this.smtp = smtp;
    this.imap = imap;
    this.credentials = credentials;
  }

  /**
   * Connects, and goes through EHLO, TLS, authentication and NOOP.
   *
   * @throws IllegalStateException if the account has no SMTP settings
   * @throws TooManyTests if too many tests are running
   */
  public ConnectionTest smtp(Account account) {
    return test(account, Protocol.SMTP, null, TestListener.NONE);
  }

  /**
   * Connects, and goes through TLS, authentication, EXAMINE of each folder, and NOOP.
   *
   * @throws IllegalStateException if the account has no IMAP settings
   * @throws TooManyTests if too many tests are running
   */
  public ConnectionTest imap(Account account) {
    return test(account, Protocol.IMAP, null, TestListener.NONE);
  }

  /**
   * Tests SMTP with an access token that is not stored yet.
   *
   * @see #smtp(Account)
   */
  public ConnectionTest smtp(Account account, String candidateToken) {
    return test(account, Protocol.SMTP, candidateToken, TestListener.NONE);
  }

  /**
   * Tests IMAP with an access token that is not stored yet.
   *
   * @see #imap(Account)
   */
  public ConnectionTest imap(Account account, String candidateToken) {
    return test(account, Protocol.IMAP, candidateToken, TestListener.NONE);
  }

  /**
   * Tests one side, and reports each step as it happens.
   *
   * @param candidateToken an access token that is not stored yet; null: with what the account signs
   *     in with
   * @throws IllegalStateException if the account has no settings of that side
   * @throws TooManyTests if too many tests are running
   */
  public ConnectionTest test(
      Account account, Protocol protocol, @Nullable String candidateToken, TestListener listener) {
    TestSteps steps = new TestSteps(protocol, account.server(protocol), listener);
    try {
      return visits.visit(
          account,
          protocol,
          () ->
              protocol == Protocol.SMTP
                  ? testSmtp(account, candidateToken, steps)
                  : testImap(account, candidateToken, steps));
    } catch (ConnectionFailed e) {
      return steps.failed(e);
    }
  }

  /** How long the test of one side may take. */
  public Duration deadline() {
    return visits.deadline();
  }

  private ConnectionTest testSmtp(Account account, @Nullable String token, TestSteps steps) {
    Timeouts timeouts = Timeouts.testing(settings);
    SmtpConnection connection =
        token == null
            ? smtp.open(account, timeouts, steps::reached)
            : smtp.open(
                account,
                timeouts,
                credentials.candidate(account, Protocol.SMTP, token),
                steps::reached);
    try {
      steps.begin("noop");
      SmtpReply reply = connection.noop();
      String words = reply == null ? "no answer" : reply.text();
      return reply != null && reply.isPositive() ? steps.passed(words) : steps.failed(words, null);
    } finally {
      connection.close();
    }
  }

  private ConnectionTest testImap(Account account, @Nullable String token, TestSteps steps) {
    Timeouts timeouts = Timeouts.testing(settings);
    Deadline overall = Deadline.in(timeouts.opening());
    try (ImapConnection connection =
        token == null
            ? imap.open(account, timeouts, overall, steps::reached)
            : imap.open(
                account,
                timeouts,
                overall,
                credentials.candidate(account, Protocol.IMAP, token),
                steps::reached)) {
      connection.endBy(overall);
      Credentials used =
          token == null
              ? credentials.of(account, Protocol.IMAP)
              : credentials.candidate(account, Protocol.IMAP, token);
      ConnectionTest result = folders(connection, used.redaction(), account, steps);
      connection.leave(settings.testTimeout());
      return result;
    }
  }

  private static ConnectionTest folders(
      ImapConnection connection, Redaction redaction, Account account, TestSteps steps) {
    String folder = "";
    boolean selecting = true;
    try {
      for (String name : account.settings().folders()) {
        folder = account.settings().hasSeveralFolders() ? name + ": " : "";
        steps.begin("select");
        steps.pass(opened(name, SelectResult.open(connection, name, false)));
      }
      selecting = false;
      steps.begin("noop");
      connection.send("NOOP");
      return steps.passed("answered");
    } catch (MessagingException e) {
      return selecting
          ? steps.failed(
              folder + redaction.clean(e.getMessage()),
              TroubleshootingHints.select(e, account.server(Protocol.IMAP)))
          : steps.failed(redaction.clean(e.getMessage()), null);
    }
  }

  private static String opened(String name, SelectResult selected) {
    return selected.exists() < 0
        ? name + " was opened"
        : name + " holds " + selected.exists() + " mails";
  }
}
