package org.byoemail.support;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real Exim or Sendmail on loopback, for the reports that it writes. It takes mail from
 * everybody, in plain text and without AUTH, and delivers to {@link DovecotServer#shared()} by
 * LMTP. The domains example.test and partner.test are local; a recipient there without a mailbox is
 * accepted and then reported to the sender. Exim answers for away@example.test. Mail to slow.test
 * waits, and its sender is warned after a second.
 *
 * <p>Runs as root only; needs no name server. Registered like Dovecot, which it starts by itself.
 * Safe for use by several threads.
 */
public final class RelayServer extends MailServer {
  private static final RelayServer EXIM =
      new RelayServer("exim", "exim4-daemon-light/usr/sbin/exim4");
  private static final RelayServer SENDMAIL =
      new RelayServer("sendmail", "sendmail-bin/usr/libexec/sendmail/sendmail");

  private final DovecotServer dovecot = DovecotServer.shared();
  private final String name;
  private final Path program;
  private final int port = FreePorts.next();
  private final int closedPort = FreePorts.next();

  private RelayServer(String name, String program) {
    this.name = name;
    this.program = Requirements.unpacked(program);
  }

  /** The one Exim of this JVM; it reports domains that it has no route for, too. */
  public static RelayServer exim() {
    return EXIM;
  }

  /**
   * The one Sendmail of this JVM; it has a host name of its own, for which it needs a namespace.
   */
  public static RelayServer sendmail() {
    return SENDMAIL;
  }

  /** The port for SMTP. */
  public int port() {
    return port;
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    ConditionEvaluationResult programs = dovecot.evaluateExecutionCondition(context);
    if (!programs.isDisabled()) {
      programs = Requirements.ofThisMachine().check(program.toString(), "unshare");
    }
    return programs.isDisabled() ? programs : Requirements.ofThisMachine().checkRoot();
  }

  @Override
  Daemon prepare() {
    dovecot.start();
    return Daemon.prepare(
        name,
        Map.of(
            "SMTP_PORT", String.valueOf(port),
            "LMTP_PORT", String.valueOf(dovecot.lmtpPort()),
            "CLOSED_PORT", String.valueOf(closedPort)));
  }

  @Override
  public String toString() {
    return name;
  }
}
