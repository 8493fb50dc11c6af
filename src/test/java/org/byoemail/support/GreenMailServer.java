package org.byoemail.support;

import com.icegreen.greenmail.store.FolderException;
import com.icegreen.greenmail.store.MailFolder;
import com.icegreen.greenmail.store.StoredMessage;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * SMTP and IMAP inside this JVM, without TLS, for tests that need no real server. One for the JVM,
 * on ports that stay the same; its mailboxes are emptied after each test. Registered like {@link
 * DovecotServer}.
 */
public final class GreenMailServer
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback {
  private static final GreenMailServer SHARED = new GreenMailServer();

  private final int smtpPort = FreePorts.next();
  private final int imapPort = FreePorts.next();
  private final GreenMail server =
      new GreenMail(
          new ServerSetup[] {
            new ServerSetup(smtpPort, "127.0.0.1", ServerSetup.PROTOCOL_SMTP),
            new ServerSetup(imapPort, "127.0.0.1", ServerSetup.PROTOCOL_IMAP)
          });
  private boolean started;

  private GreenMailServer() {}

  /** The one server of this JVM. */
  public static GreenMailServer shared() {
    return SHARED;
  }

  public String host() {
    return "localhost";
  }

  public int smtpPort() {
    return smtpPort;
  }

  public int imapPort() {
    return imapPort;
  }

  /** The user of that address, created at the first call. */
  public MailUser user(String address) {
    MailUser user = new MailUser(address, "secret-" + address);
    running().setUser(user.address(), user.address(), user.password());
    return user;
  }

  /**
   * A new user whose address at example.test starts with that name and is used by no other test.
   */
  public MailUser freshUser(String name) {
    return user(name + "-" + UUID.randomUUID().toString().substring(0, 8) + "@example.test");
  }

  /** Puts a raw mail into a user's inbox. */
  public void deliver(MailUser user, byte[] mail) {
    MimeMessage message = GreenMailUtil.newMimeMessage(new ByteArrayInputStream(mail));
    running().getUserManager().getUserByEmail(user.address()).deliver(message);
  }

  /** The mails in a user's inbox, oldest first. */
  public List<MimeMessage> messages(MailUser user) throws FolderException {
    MailFolder inbox =
        running()
            .getManagers()
            .getImapHostManager()
            .getInbox(running().getUserManager().getUserByEmail(user.address()));
    return inbox.getMessages().stream().map(StoredMessage::getMimeMessage).toList();
  }

  /** For what this class does not offer. */
  public synchronized GreenMail running() {
    if (!started) {
      server.start();
      started = true;
    }
    return server;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    beforeEach(context);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    running();
  }

  @Override
  public void afterEach(ExtensionContext context) throws FolderException {
    running().purgeEmailFromAllMailboxes();
  }
}
