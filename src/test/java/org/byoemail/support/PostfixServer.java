package org.byoemail.support;

import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real Postfix on loopback, which delivers to a {@link DovecotServer} and knows its users: a
 * submission port that asks for STARTTLS and then AUTH, and the same over TLS from the start. The
 * domains example.test and partner.test are local; a recipient there without a mailbox is accepted
 * and then reported to the sender (RFC 3464, 5.1.1). Recipients elsewhere are refused with 554
 * 5.7.1. All mail to the domain of a {@link #catchAllUser} arrives at that user, with
 * X-Original-To.
 *
 * <p>Runs as root only; needs no name server. Registered like Dovecot, which it starts by itself.
 * Safe for use by several threads.
 */
public final class PostfixServer extends MailServer {
  /** Of the users whose mailboxes it writes into by itself. */
  private static final int BOXES_UID = 19_999;

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
   * A new user whose mailbox gets all mail to a domain of its own: for {@code NAME@boxes.test} that
   * is {@code NAME.all.test}.
   */
  public synchronized MailUser catchAllUser(String name) {
    String address = name + "-" + UUID.randomUUID().toString().substring(0, 8) + "@boxes.test";
    MailUser user = dovecot.user(address, BOXES_UID);
    Path boxes = directory().resolve("conf").resolve("boxes");
    try {
      Files.writeString(boxes, address + " " + address + "/mail/\n", StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Command.run(List.of("/usr/sbin/postmap", "-c", boxes.getParent().toString(), "hash:" + boxes));
    return user;
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
        Map.ofEntries(
            Map.entry("SUBMISSION_PORT", String.valueOf(submissionPort)),
            Map.entry("SMTPS_PORT", String.valueOf(smtpsPort)),
            Map.entry("STRICT_PORT", String.valueOf(strictPort)),
            Map.entry("POLICY_PORT", String.valueOf(policyPort)),
            Map.entry("LMTP_PORT", String.valueOf(dovecot.lmtpPort())),
            Map.entry("AUTH_PORT", String.valueOf(dovecot.authPort())),
            Map.entry("BOXES", dovecot.mailboxes().toString()),
            Map.entry("BOXES_UID", String.valueOf(BOXES_UID)),
            Map.entry("CERTIFICATE", certificate.certificate().toString()),
            Map.entry("KEY", certificate.key().toString()),
            Map.entry("DOMAINS", "example.test partner.test")));
  }
}
