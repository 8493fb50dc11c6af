package org.byoemail.support;

import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.MimeMessage;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real Postfix on loopback, which delivers to a {@link DovecotServer} and knows its users: a
 * submission port that asks for STARTTLS and then AUTH, and the same over TLS from the start. The
 * domains example.test and partner.test are local; a recipient there without a mailbox is accepted
 * and then reported to the sender (RFC 3464, 5.1.1). Recipients elsewhere are refused with 554
 * 5.7.1.
 *
 * <p>Runs as root only; needs no name server. Registered like Dovecot, which it starts by itself.
 * Safe for use by several threads.
 */
public final class PostfixServer extends MailServer {
  private static final PostfixServer SHARED = new PostfixServer(DovecotServer.shared());

  private final DovecotServer dovecot;
  private final int submissionPort = FreePorts.next();
  private final int smtpsPort = FreePorts.next();
  private final int strictPort = FreePorts.next();
  private final int policyPort = FreePorts.next();

  private PostfixServer(DovecotServer dovecot) {
    this.dovecot = dovecot;
  }

  /** The one server of this JVM; it delivers to {@link DovecotServer#shared()}. */
  public static PostfixServer shared() {
    return SHARED;
  }

  /** One more server, for a test that needs it to itself. */
  public static PostfixServer separate(DovecotServer dovecot) {
    return new PostfixServer(dovecot);
  }

  /** The port for submission with STARTTLS. */
  public int submissionPort() {
    return submissionPort;
  }

  /** The port for submission over TLS. */
  public int smtpsPort() {
    return smtpsPort;
  }

  /**
   * A port for submission with STARTTLS that takes 20,000 bytes at most and asks the policy service
   * at {@link #policyPort} about each recipient.
   */
  public int strictPort() {
    return strictPort;
  }

  /** Where the policy service of {@link #strictPort} has to listen. */
  public int policyPort() {
    return policyPort;
  }

  /**
   * Submits a mail as that user, over STARTTLS, asking for reports of failure.
   *
   * @throws MessagingException as the server's answers demand
   */
  public void submit(MailUser sender, MimeMessage mail, Address... recipients)
      throws MessagingException {
    Properties settings = new Properties();
    settings.put("mail.smtp.from", sender.address());
    settings.put("mail.smtp.auth", "true");
    settings.put("mail.smtp.starttls.required", "true");
    settings.put("mail.smtp.dsn.notify", "FAILURE");
    settings.put("mail.smtp.dsn.ret", "HDRS");
    settings.put("mail.smtp.timeout", "30000");
    settings.put(
        "mail.smtp.ssl.socketFactory",
        CertificateAuthority.shared().clientContext().getSocketFactory());
    try (Transport transport = Session.getInstance(settings).getTransport("smtp")) {
      transport.connect(host(), submissionPort, sender.address(), sender.password());
      transport.sendMessage(mail, recipients);
    }
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    ConditionEvaluationResult programs = dovecot.evaluateExecutionCondition(context);
    if (!programs.isDisabled()) {
      programs = Requirements.ofThisMachine().check("postfix", "postconf");
    }
    return programs.isDisabled() ? programs : Requirements.ofThisMachine().checkRoot();
  }

  @Override
  Daemon prepare() {
    dovecot.start();
    ServerCertificate certificate = CertificateAuthority.shared().issue("mail.example.test");
    return Daemon.prepare(
        "postfix",
        Map.of(
            "SUBMISSION_PORT", String.valueOf(submissionPort),
            "SMTPS_PORT", String.valueOf(smtpsPort),
            "STRICT_PORT", String.valueOf(strictPort),
            "POLICY_PORT", String.valueOf(policyPort),
            "LMTP_PORT", String.valueOf(dovecot.lmtpPort()),
            "AUTH_PORT", String.valueOf(dovecot.authPort()),
            "CERTIFICATE", certificate.certificate().toString(),
            "KEY", certificate.key().toString(),
            "DOMAINS", "example.test partner.test"));
  }
}
