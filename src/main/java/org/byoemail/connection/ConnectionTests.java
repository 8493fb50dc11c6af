package org.byoemail.connection;

import jakarta.mail.MessagingException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.byoemail.account.Account;
import org.byoemail.account.Secrets;
import org.byoemail.account.ServerSettings;
import org.byoemail.account.ServerSettings.Auth;
import org.byoemail.account.ServerSettings.Security;
import org.byoemail.account.Side;
import org.byoemail.connection.ConnectionTest.Step;
import org.springframework.stereotype.Component;

/**
 * Tries the servers of an account with its present settings, on connections of its own. Takes
 * seconds; blocks the calling thread, which may be a virtual one. Changes nothing, neither on the
 * server nor here.
 */
@Component
public class ConnectionTests {
  private final ConnectionSettings settings;
  private final SmtpOpener smtp;
  private final ImapConnections imap;
  private final Secrets secrets;
  private final ServerVisits visits;

  ConnectionTests(
      ConnectionSettings settings,
      SmtpOpener smtp,
      ImapConnections imap,
      Secrets secrets,
      ServerVisits visits) {
    this.visits = visits;
    this.settings = settings;
    this.smtp = smtp;
    this.imap = imap;
    this.secrets = secrets;
  }

  /**
   * Connects, says EHLO, begins TLS, signs in, and asks for a NOOP.
   *
   * @throws IllegalStateException where the account has no SMTP settings
   * @throws TooManyTests where others run that must end first
   */
  public ConnectionTest smtp(Account account) {
    return run(account, Side.SMTP, this::testSmtp);
  }

  /**
   * Connects, begins TLS, signs in, opens the folder without changing it, and asks for a NOOP.
   *
   * @throws IllegalStateException where the account has no IMAP settings
   * @throws TooManyTests where others run that must end first
   */
  public ConnectionTest imap(Account account) {
    return run(account, Side.IMAP, this::testImap);
  }

  private ConnectionTest run(
      Account account, Side side, Function<Account, ConnectionTest> conversation) {
    try {
      return visits.visit(account, side, () -> conversation.apply(account));
    } catch (ConnectionFailed e) {
      return failed(e, List.of(Stage.CONNECT), account.server(side));
    }
  }

  private ConnectionTest testSmtp(Account account) {
    ServerSettings server = account.server(Side.SMTP);
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
      SmtpConnection connection = smtp.open(account, Timeouts.testing(settings));
      List<Step> steps = passed(stages, server, Side.SMTP);
      try {
        boolean alive = connection.answersNoop();
        SmtpReply reply = connection.lastReply();
        steps.add(new Step("noop", alive, reply == null ? "no answer" : reply.text()));
        return new ConnectionTest(alive, steps, null);
      } finally {
        closeQuietly(connection);
      }
    } catch (ConnectionFailed e) {
      return failed(e, stages, server);
    }
  }

  private ConnectionTest testImap(Account account) {
    ServerSettings server = account.server(Side.IMAP);
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
      try (ImapConnection connection = imap.open(account, timeouts, overall)) {
        connection.endBy(overall);
        ConnectionTest result = folder(connection, account, passed(stages, server, Side.IMAP));
        connection.leave(settings.testTimeout());
        return result;
      }
    } catch (ConnectionFailed e) {
      return failed(e, stages, server);
    }
  }

  private ConnectionTest folder(ImapConnection connection, Account account, List<Step> steps) {
    Redaction redaction = Credentials.of(account, Side.IMAP, secrets).redaction();
    String name = account.settings().folder();
    String step = "select";
    try {
      ImapSelected selected = ImapSelected.open(connection, name, false);
      steps.add(new Step(step, true, opened(name, selected)));
      step = "noop";
      connection.send("NOOP");
      steps.add(new Step(step, true, "answered"));
      return new ConnectionTest(true, steps, null);
    } catch (MessagingException e) {
      steps.add(new Step(step, false, redaction.clean(e.getMessage())));
      return new ConnectionTest(false, steps, step.equals("select") ? Hints.select(e) : null);
    }
  }

  private static String opened(String name, ImapSelected selected) {
    return selected.exists() < 0
        ? name + " was opened"
        : name + " holds " + selected.exists() + " mails";
  }

  private static List<Step> passed(List<Stage> stages, ServerSettings server, Side side) {
    List<Step> steps = new ArrayList<>();
    for (Stage stage : stages) {
      steps.add(new Step(name(stage, side), true, detail(stage, server)));
    }
    return steps;
  }

  private static ConnectionTest failed(
      ConnectionFailed e, List<Stage> stages, ServerSettings server) {
    Stage at = e.stage() == Stage.VETTING ? Stage.CONNECT : e.stage();
    int index = stages.indexOf(at);
    boolean early = e.stage() == Stage.VETTING || index < 0;
    List<Step> steps =
        early ? new ArrayList<>() : passed(stages.subList(0, index), server, e.side());
    steps.add(new Step(name(at, e.side()), false, String.valueOf(e.getMessage())));
    return new ConnectionTest(false, steps, Hints.of(e, server));
  }

  private static String name(Stage stage, Side side) {
    return switch (stage) {
      case STARTTLS -> "tls";
      case AUTH -> side == Side.IMAP ? "login" : "auth";
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

  private static void closeQuietly(SmtpConnection connection) {
    try {
      connection.leave();
    } catch (MessagingException e) {
      org.slf4j.LoggerFactory.getLogger(ConnectionTests.class)
          .debug("closing a tested connection: {}", e.getMessage());
    }
  }
}
