package org.byoemail.account.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import org.byoemail.account.connection.ConnectionTest.Step;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.account.registry.ServerSettings.Auth;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a running test, in the order in which they happen. The first call after the end
 * counts: a thread that outlives the deadline of its test changes nothing. Safe for use by many
 * threads.
 */
final class TestSteps {
  private static final String HOST = "host";
  private static final String EHLO = "ehlo";

  private final Protocol protocol;
  private final ServerSettings server;
  private final TestListener listener;
  private final List<Step> done = new ArrayList<>();
  private @Nullable String current = HOST;
  private String finding;
  private boolean over;

  TestSteps(Protocol protocol, ServerSettings server, TestListener listener) {
    this.protocol = protocol;
    this.server = server;
    this.listener = listener;
    this.finding = server.host() + " was found";
    listener.running(protocol, List.of(), HOST);
  }

  /** A stage of the login has begun, so the one before has passed. */
  synchronized void reached(Stage stage) {
    String name = name(stage);
    if (name.equals(current)) {
      // The next address of the host.
      return;
    }
    pass(finding);
    if (stage == Stage.CONNECT) {
      // A second login, with another access token.
      done.removeIf(step -> !step.name().equals(HOST));
    }
    begin(name, finding(stage));
  }

  /** Another step begins, after the one before has passed. */
  synchronized void begin(String name) {
    pass(finding);
    begin(name, "answered");
  }

  /** The present step has passed. */
  synchronized void pass(String detail) {
    // After STARTTLS the server is greeted again.
    if (current != null && !(current.equals(EHLO) && has(EHLO))) {
      done.add(new Step(current, true, detail));
    }
    current = null;
  }

  /** The test has passed. */
  synchronized ConnectionTest passed(String detail) {
    pass(detail);
    return end(true, null);
  }

  /** The present step has failed. */
  synchronized ConnectionTest failed(String detail, @Nullable String hint) {
    return failed(current == null ? HOST : current, detail, hint);
  }

  /** The connection could not be made. */
  synchronized ConnectionTest failed(ConnectionFailed e) {
    boolean late = e.getCause() instanceof TimeoutException;
    return failed(
        late && current != null ? current : name(e.stage()),
        String.valueOf(e.getMessage()),
        TroubleshootingHints.of(e, server));
  }

  private ConnectionTest failed(String name, String detail, @Nullable String hint) {
    if (!name.equals(current) && HOST.equals(current) && !name.equals(HOST)) {
      // Nothing was connected to: the host was not the reason.
      done.clear();
    }
    current = null;
    done.add(new Step(name, false, detail));
    return end(false, hint);
  }

  private void begin(String name, String detail) {
    current = name;
    finding = detail;
    if (!over) {
      listener.running(protocol, List.copyOf(done), name);
    }
  }

  private ConnectionTest end(boolean ok, @Nullable String hint) {
    ConnectionTest test = new ConnectionTest(ok, List.copyOf(done), hint);
    if (!over) {
      over = true;
      listener.ended(protocol, test);
    }
    return test;
  }

  private boolean has(String name) {
    return done.stream().anyMatch(step -> step.name().equals(name));
  }

  private String name(Stage stage) {
    return switch (stage) {
      case VETTING -> HOST;
      case STARTTLS -> "tls";
      case AUTH -> protocol == Protocol.IMAP ? "login" : "auth";
      case TOKEN -> server.auth() == Auth.OAUTH2 ? "token" : "password";
      default -> stage.name().toLowerCase(Locale.ROOT);
    };
  }

  private String finding(Stage stage) {
    return switch (stage) {
      case CONNECT -> server.host() + ":" + server.port();
      case TLS, STARTTLS -> "the certificate is valid for " + HostVetting.name(server.host());
      case AUTH -> "signed in";
      default -> "answered";
    };
  }
}
