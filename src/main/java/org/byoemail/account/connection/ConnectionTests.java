package org.byoemail.account.connection;

import jakarta.mail.MessagingException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.byoemail.account.connection.ConnectionTest.Step;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.account.registry.ServerSettings.Auth;
import org.byoemail.account.registry.ServerSettings.Security;
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
    return run(
        account,
        Protocol.SMTP,
        tested -> testSmtp(tested, () -> smtp.open(tested, Timeouts.testing(settings))));
  }

  /**
   * Connects, and goes through TLS, authentication, EXAMINE of each folder, and NOOP.
   *
   * @throws IllegalStateException if the account has no IMAP settings
   * @throws TooManyTests if too many tests are running
   */
  public ConnectionTest imap(Account account) {
    return run(account, Protocol.IMAP, tested -> testImap(tested, null));
  }

  /**
   * Tests SMTP with an access token that is not stored yet.
   *
   * @see #smtp(Account)
   */
  public ConnectionTest smtp(Account account, String candidateToken) {
    return run(
        account,
        Protocol.SMTP,
        tested ->
            testSmtp(
                tested,
                () ->
                    smtp.open(
                        tested,
                        Timeouts.testing(settings),
                        credentials.candidate(tested, Protocol.SMTP, candidateToken))));
  }

  /**
   * Tests IMAP with an access token that is not stored yet.
   *
   * @see #imap(Account)
   */
  public ConnectionTest imap(Account account, String candidateToken) {
    return run(
        account,
        Protocol.IMAP,
        tested ->
            testImap(tested, () -> credentials.candidate(tested, Protocol.IMAP, candidateToken)));
  }

  private ConnectionTest run(
      Account account, Protocol protocol, Function<Account, ConnectionTest> conversation) {
    try {
      return visits.visit(account, protocol, () -> conversation.apply(account));
    } catch (ConnectionFailed e) {
      return failed(e, List.of(Stage.CONNECT), account.server(protocol));
    }
  }

  private ConnectionTest testSmtp(Account account, Supplier<SmtpConnection> opener) {
    ServerSettings server = account.server(Protocol.SMTP);
    List<Stage> stages = new ArrayList<>(List.of(Stage.CONNECT));
    if (server.security() == Security.SSL) {
      stages.add(Stage.TLS);
    }
    stages.add(Stage.GREETING);
    stages.add(Stage.EHLO);
    if (server.security() == Security.STARTTLS) {
      stages.add(Stage.STARTTLS);
    }
    if (server.auth() != Auth.NONE) {
      stages.add(Stage.AUTH);
    }
    try {
      SmtpConnection connection = opener.get();
      List<Step> steps = passed(stages, server, Protocol.SMTP);
      try {
        SmtpReply reply = connection.noop();
        boolean alive = reply != null && reply.isPositive();
        steps.add(new Step("noop", alive, reply == null ? "no answer" : reply.text()));
        return new ConnectionTest(alive, steps, null);
      } finally {
        connection.close();
      }
    } catch (ConnectionFailed e) {
      return failed(e, stages, server);
    }
  }

  /**
   * @param candidate null: with what the account signs in with
   */
  private ConnectionTest testImap(Account account, @Nullable Supplier<Credentials> candidate) {
    ServerSettings server = account.server(Protocol.IMAP);
    List<Stage> stages = new ArrayList<>(List.of(Stage.CONNECT));
    if (server.security() == Security.SSL) {
      stages.add(Stage.TLS);
    }
    stages.add(Stage.GREETING);
    if (server.security() == Security.STARTTLS) {
      stages.add(Stage.STARTTLS);
    }
    stages.add(Stage.AUTH);
    try {
      Timeouts timeouts = Timeouts.testing(settings);
      Deadline overall = Deadline.in(timeouts.opening());
      try (ImapConnection connection =
          candidate == null
              ? imap.open(account, timeouts, overall)
              : imap.open(account, timeouts, overall, candidate.get())) {
        connection.endBy(overall);
        Redaction redaction =
            (candidate == null ? credentials.of(account, Protocol.IMAP) : candidate.get())
                .redaction();
        ConnectionTest result =
            folder(connection, redaction, account, passed(stages, server, Protocol.IMAP));
        connection.leave(settings.testTimeout());
        return result;
      }
    } catch (ConnectionFailed e) {
      return failed(e, stages, server);
    }
  }

  private static ConnectionTest folder(
      ImapConnection connection, Redaction redaction, Account account, List<Step> steps) {
    String step = "select";
    String folder = "";
    try {
      for (String name : account.settings().folders()) {
        folder = account.settings().hasSeveralFolders() ? name + ": " : "";
        SelectResult selected = SelectResult.open(connection, name, false);
        steps.add(new Step(step, true, opened(name, selected)));
      }
      folder = "";
      step = "noop";
      connection.send("NOOP");
      steps.add(new Step(step, true, "answered"));
      return new ConnectionTest(true, steps, null);
    } catch (MessagingException e) {
      steps.add(new Step(step, false, folder + redaction.clean(e.getMessage())));
      return new ConnectionTest(
          false,
          steps,
          step.equals("select")
              ? TroubleshootingHints.select(e, account.server(Protocol.IMAP))
              : null);
    }
  }

  private static String opened(String name, SelectResult selected) {
    return selected.exists() < 0
        ? name + " was opened"
        : name + " holds " + selected.exists() + " mails";
  }

  private static List<Step> passed(List<Stage> stages, ServerSettings server, Protocol protocol) {
    List<Step> steps = new ArrayList<>();
    for (Stage stage : stages) {
      steps.add(new Step(name(stage, protocol), true, detail(stage, server)));
    }
    return steps;
  }

  private static ConnectionTest failed(
      ConnectionFailed e, List<Stage> stages, ServerSettings server) {
    Stage at = e.stage() == Stage.VETTING ? Stage.CONNECT : e.stage();
    int index = stages.indexOf(at);
    boolean early = e.stage() == Stage.VETTING || index < 0;
    List<Step> steps =
        early ? new ArrayList<>() : passed(stages.subList(0, index), server, e.protocol());
    boolean ofPassword = at == Stage.TOKEN && server.auth() != Auth.OAUTH2;
    steps.add(
        new Step(
            ofPassword ? "password" : name(at, e.protocol()),
            false,
            String.valueOf(e.getMessage())));
    return new ConnectionTest(false, steps, TroubleshootingHints.of(e, server));
  }

  private static String name(Stage stage, Protocol protocol) {
    return switch (stage) {
      case STARTTLS -> "tls";
      case AUTH -> protocol == Protocol.IMAP ? "login" : "auth";
      default -> stage.name().toLowerCase(java.util.Locale.ROOT);
    };
  }

  private static String detail(Stage stage, ServerSettings server) {
    return switch (stage) {
      case CONNECT -> server.host() + ":" + server.port();
      case TLS, STARTTLS -> "the certificate is valid for " + HostVetting.name(server.host());
      case AUTH -> "signed in";
      default -> "answered";
    };
  }
}
