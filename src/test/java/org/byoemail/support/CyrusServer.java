package org.byoemail.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real Cyrus IMAP server on loopback: IMAP with STARTTLS, IMAPS, and LMTP to put mails into
 * mailboxes. Its certificate is issued by {@link CertificateAuthority#shared()}. Needs root.
 * Register it in a static field as {@link DovecotServer}; a test takes users of its own from {@link
 * #freshUser}.
 */
public final class CyrusServer extends ImapServer {
  private static final CyrusServer SHARED = new CyrusServer();
  private static final Path PROGRAM = Requirements.unpacked("cyrus-imapd/usr/lib/cyrus/bin/imapd");
  private static final String PASSWORD = "secret-of-cyrus";

  private final int imapPort = FreePorts.next();
  private final int imapsPort = FreePorts.next();
  private final int lmtpPort = FreePorts.next();

  private CyrusServer() {}

  /** The one server of this JVM. */
  public static CyrusServer shared() {
    return SHARED;
  }

  /** The port for IMAP, in plain text or with STARTTLS. */
  @Override
  public int imapPort() {
    return imapPort;
  }

  /** The port for IMAP over TLS. */
  @Override
  public int imapsPort() {
    return imapsPort;
  }

  /**
   * A new user, whose address at example.test starts with that name, and whose mailbox is there.
   */
  @Override
  public MailUser freshUser(String name) {
    String local = name + "-" + UUID.randomUUID().toString().substring(0, 8);
    Command.run(Command.script("cyrus.sh", "user", directory(), local, PASSWORD));
    MailUser user = new MailUser(local + "@example.test", PASSWORD);
    // The mailbox comes into being with the first mail.
    deliver(user.address(), "Subject: welcome\r\n\r\nwelcome\r\n".getBytes());
    return user;
  }

  /** Puts a raw mail with an empty envelope sender into the mailbox of a user. */
  @Override
  public void deliver(String recipient, byte[] mail) {
    try (LmtpClient client = new LmtpClient(lmtpPort)) {
      client.deliver("", recipient, mail);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot deliver to " + recipient, e);
    }
  }

  /** Below the inbox: the namespace has no other folders of a user. */
  @Override
  public String folder(String name) {
    return "INBOX/" + name;
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return Requirements.isRoot()
        ? Requirements.ofThisMachine()
            .check("openssl", "cyrmaster", "saslpasswd2", PROGRAM.toString())
        : ConditionEvaluationResult.disabled("Cyrus changes its user, which only root can do");
  }

  @Override
  Daemon prepare() {
    ServerCertificate certificate = CertificateAuthority.shared().issue("mail.example.test");
    return Daemon.prepare(
        "cyrus",
        Map.of(
            "IMAP_PORT", String.valueOf(imapPort),
            "IMAPS_PORT", String.valueOf(imapsPort),
            "LMTP_PORT", String.valueOf(lmtpPort),
            "CERTIFICATE", certificate.certificate().toString(),
            "KEY", certificate.key().toString()));
  }
}
