package org.byoemail.embedded;

import com.icegreen.greenmail.Managers;
import com.icegreen.greenmail.imap.ImapServer;
import com.icegreen.greenmail.server.AbstractServer;
import com.icegreen.greenmail.store.FolderException;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.user.UserException;
import com.icegreen.greenmail.user.UserManager;
import com.icegreen.greenmail.util.ServerSetup;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The demo mail provider: GreenMail with a few users, whose mail is kept on disk. */
final class DemoServer implements AutoCloseable {
  static final String HOST = "127.0.0.1";
  static final String DOMAIN = "demo.example";

  private static final List<String> NAMES = List.of("ada", "ben");
  private static final List<String> SPARE_NAMES = List.of("cleo", "dan");
  // GreenMail would close a connection after 30 s; these are the least that the protocols ask for
  // (RFC 5321 section 4.5.3.2.7, RFC 9051 section 5.4).
  private static final Duration SMTP_IDLE = Duration.ofMinutes(5);
  private static final Duration IMAP_IDLE = Duration.ofMinutes(30);
  private static final Duration START = Duration.ofSeconds(10);
  private static final Logger log = LoggerFactory.getLogger(DemoServer.class);

  private final AbstractServer smtp;
  private final AbstractServer imap;
  private final DemoProvider provider;

  private DemoServer(AbstractServer smtp, AbstractServer imap, DemoProvider provider) {
    this.smtp = smtp;
    this.imap = imap;
    this.provider = provider;
  }

  /** Starts it with the mail of the previous run. */
  static DemoServer start(DataFolder data, DemoSettings settings, Clock clock) {
    Path folder = data.folder("demo");
    DemoPorts ports = new DemoPorts(folder, HOST);
    int smtpPort = ports.choose("smtp-port", settings.smtpPort(), DemoSettings.SMTP_PORT);
    int imapPort = ports.choose("imap-port", settings.imapPort(), DemoSettings.IMAP_PORT);
    Managers managers = new Managers();
    LocalSecrets passwords = new LocalSecrets(folder);
    Function<String, DemoProvider.User> user =
        name -> user(managers, folder, name, passwords.password(name + "-password"), clock);
    List<DemoProvider.User> users = NAMES.stream().map(user).toList();
    List<DemoProvider.User> spare = SPARE_NAMES.stream().map(user).toList();
    answerForStrangers(
        managers.getUserManager(), new DemoBounces(DOMAIN, clock), new DemoAnswers(DOMAIN, clock));
    AbstractServer smtp =
        new DemoSmtpServer(new ServerSetup(smtpPort, HOST, ServerSetup.PROTOCOL_SMTP), managers);
    AbstractServer imap =
        new ImapServer(new ServerSetup(imapPort, HOST, ServerSetup.PROTOCOL_IMAP), managers);
    smtp.setClientSocketTimeout((int) SMTP_IDLE.toMillis());
    imap.setClientSocketTimeout((int) IMAP_IDLE.toMillis());
    DemoServer server =
        new DemoServer(
            smtp, imap, new DemoProvider(HOST, smtpPort, imapPort, DOMAIN, users, spare));
    server.listen();
    log.info(
        "The demo mail provider {} listens on {} (SMTP) and {} (IMAP)", DOMAIN, smtpPort, imapPort);
    return server;
  }

  DemoProvider provider() {
    return provider;
  }

  @Override
  public void close() {
    smtp.stopService(START.toMillis());
    imap.stopService(START.toMillis());
  }

  private void listen() {
    smtp.startService();
    imap.startService();
    try {
      if (smtp.waitTillRunning(START.toMillis()) && imap.waitTillRunning(START.toMillis())) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    close();
    throw new EmbeddedPartFailed(
        "The demo mail provider does not start.",
        "Choose other ports ("
            + DemoSettings.SMTP_PORT
            + ", "
            + DemoSettings.IMAP_PORT
            + "), or set byo.demo.enabled=false.");
  }

  private static DemoProvider.User user(
      Managers managers, Path folder, String name, String password, Clock clock) {
    String address = name + "@" + DOMAIN;
    try {
      GreenMailUser user = managers.getUserManager().createUser(address, address, password);
      DemoInbox.keep(managers.getImapHostManager().getInbox(user), folder.resolve(name), clock);
      return new DemoProvider.User(address, password);
    } catch (UserException | FolderException e) {
      throw new IllegalStateException("cannot create the demo user " + address, e);
    }
  }

  // GreenMail would create a user for every recipient.
  private static void answerForStrangers(
      UserManager users, DemoBounces bounces, DemoAnswers answers) {
    users.setMessageDeliveryHandler(
        (mail, recipient) -> {
          GreenMailUser known = users.getUserByEmail(recipient.getEmail());
          return known != null
              ? known
              : new DemoUnknownRecipient(recipient.getEmail(), bounces, answers, users);
        });
  }
}
