package org.byoemail.connection;

import jakarta.mail.MessagingException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.byoemail.account.Account;
import org.byoemail.account.Secrets;
import org.byoemail.account.ServerSettings;
import org.byoemail.account.ServerSettings.Auth;
import org.byoemail.account.ServerSettings.Security;
import org.byoemail.account.Side;
import org.byoemail.connection.ConnectionTest.Step;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Component;

/**
 * Tries the servers of an account with its present settings, on connections of its own. Takes
 * seconds; blocks the calling thread, which may be a virtual one, while a thread of the bounded
 * pool of tests does the work. Changes nothing, neither on the server nor here.
 */
@Component
public class ConnectionTests implements DisposableBean {
  private static final Duration SLACK = Duration.ofSeconds(2);

  private final ConnectionSettings settings;
  private final SmtpOpener smtp;
  private final ImapConnections imap;
  private final Secrets secrets;
  private final HostVetting vetting;
  private final ThreadPoolExecutor threads;
  private final Map<Object, Integer> running = new ConcurrentHashMap<>();

  ConnectionTests(
      ConnectionSettings settings,
      SmtpOpener smtp,
      ImapConnections imap,
      Secrets secrets,
      HostVetting vetting) {
    this.vetting = vetting;
    this.threads =
        new ThreadPoolExecutor(
            0,
            settings.tests().total(),
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            new CustomizableThreadFactory("byo-connection-test-"));
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
    String organization = account.organization();
    if (!begin(organization, settings.tests().perOrganization())) {
      throw TooManyTests.ofOrganization();
    }
    Future<ConnectionTest> test;
    try {
      test =
          threads.submit(
              () -> {
                try {
                  return atHost(account, side, conversation);
                } finally {
                  end(organization);
                }
              });
    } catch (RejectedExecutionException e) {
      end(organization);
      throw TooManyTests.ofNode();
    }
    try {
      return test.get(settings.testDeadline().plus(SLACK).toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException("a connection test failed", e.getCause());
    } catch (TimeoutException e) {
      test.cancel(true);
      String late = "the test did not end within " + settings.testDeadline().toSeconds() + " s";
      return new ConnectionTest(false, List.of(new Step("connect", false, late)), null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted during a connection test", e);
    }
  }

  private ConnectionTest atHost(
      Account account, Side side, Function<Account, ConnectionTest> conversation) {
    List<InetAddress> begun = new ArrayList<>();
    try {
      Deadline deadline = Deadline.in(settings.testTimeout());
      for (InetAddress address : new Failures(account, side).vet(vetting, deadline)) {
        if (!begin(address, settings.tests().perHost())) {
          throw TooManyTests.ofHost();
        }
        begun.add(address);
      }
      return conversation.apply(account);
    } catch (ConnectionFailed e) {
      return failed(e, List.of(Stage.CONNECT), account.server(side));
    } finally {
      begun.forEach(this::end);
    }
  }

  private boolean begin(Object of, int most) {
    boolean[] begun = new boolean[1];
    running.compute(
        of,
        (key, now) -> {
          int others = now == null ? 0 : now;
          begun[0] = others < most;
          return begun[0] ? Integer.valueOf(others + 1) : now;
        });
    return begun[0];
  }

  private void end(Object of) {
    running.computeIfPresent(of, (key, now) -> now == 1 ? null : Integer.valueOf(now - 1));
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

  private static void closeQuietly(jakarta.mail.Service service) {
    try {
      service.close();
    } catch (MessagingException e) {
      org.slf4j.LoggerFactory.getLogger(ConnectionTests.class)
          .debug("closing a tested connection: {}", e.getMessage());
    }
  }

  @Override
  public void destroy() {
    threads.shutdownNow();
  }
}
