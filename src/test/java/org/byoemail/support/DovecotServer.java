package org.byoemail.support;

import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real Dovecot on loopback: IMAP with STARTTLS, IMAPS, and LMTP to put mails into mailboxes. Its
 * certificate is issued by {@link CertificateAuthority#shared()}. Register it in a static field:
 *
 * <pre>{@code
 * @RegisterExtension static final DovecotServer dovecot = DovecotServer.shared();
 * }</pre>
 *
 * <p>The shared server lives as long as the JVM, with its users and mails: a test takes users of
 * its own from {@link #freshUser}. Safe for use by several threads.
 */
public final class DovecotServer extends ImapServer {
  private static final DovecotServer SHARED = new DovecotServer(Storage.MAILDIR);
  private static final int FIRST_UID = 20_000;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Storage storage;
  private final int imapPort = FreePorts.next();
  private final int imapsPort = FreePorts.next();
  private final int lmtpPort = FreePorts.next();
  private final int authPort = FreePorts.next();
  private final Map<String, MailUser> users = new ConcurrentHashMap<>();
  private final AtomicInteger nextUid = new AtomicInteger(FIRST_UID);

  private DovecotServer(Storage storage) {
    this.storage = storage;
  }

  /** How mails are kept: a file each, or Dovecot's own format, which is faster. */
  public enum Storage {
    MAILDIR,
    SDBOX
  }

  /** The one server of this JVM. */
  public static DovecotServer shared() {
    return SHARED;
  }

  /** One more server, for a test that needs it to itself. */
  public static DovecotServer separate(Storage storage) {
    return new DovecotServer(storage);
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

  int lmtpPort() {
    return lmtpPort;
  }

  int authPort() {
    return authPort;
  }

  /** The user of that address, created at the first call. The address is in lower case. */
  public MailUser user(String address) {
    return users.computeIfAbsent(address, name -> create(name, nextUid.getAndIncrement()));
  }

  /** The same, with a user id of the system that another server writes by. */
  MailUser user(String address, int id) {
    return users.computeIfAbsent(address, name -> create(name, id));
  }

  /** The folder with a folder for each user. */
  Path mailboxes() {
    return directory().resolve("mail");
  }

  private MailUser create(String address, int id) {
    MailUser user = new MailUser(address, "secret-" + address);
    // Linux grants each user id 128 watchers of files: with one id for all, Dovecot would tell the
    // mailboxes beyond of a new mail after 30 s only.
    String uid = Requirements.isRoot() ? String.valueOf(id) : "";
    try {
      Files.writeString(
          directory().resolve("users").resolve(address),
          String.join(":", address, user.password(), uid, "", "", "", "", "\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return user;
  }

  /**
   * A new user whose address at example.test starts with that name and is used by no other test.
   */
  @Override
  public MailUser freshUser(String name) {
    return user(name + "-" + UUID.randomUUID().toString().substring(0, 8) + "@example.test");
  }

  /** Puts a raw mail with an empty envelope sender into the mailbox of a user, who must exist. */
  @Override
  public void deliver(String recipient, byte[] mail) {
    deliver("", recipient, List.of(mail));
  }

  /** Puts raw mails into the mailbox of a user over one connection. */
  public void deliver(String sender, String recipient, List<byte[]> mails) {
    try (LmtpClient client = new LmtpClient(lmtpPort)) {
      for (byte[] mail : mails) {
        client.deliver(sender, recipient, mail);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot deliver to " + recipient, e);
    }
  }

  /** Puts a raw mail into any folder of a user, which must exist. */
  public void save(MailUser user, String folder, byte[] mail) {
    try {
      // Read by the user: not one of createTempFile, which is its owner's alone.
      Path file = Files.write(directory().resolve(UUID.randomUUID() + ".eml"), mail);
      doveadm("save", "-u", user.address(), "-m", folder, file.toString());
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs {@code doveadm} on this server and returns what it prints. */
  public String doveadm(String... arguments) {
    Path configuration = directory().resolve("dovecot.conf");
    List<String> words = new ArrayList<>(List.of("doveadm", "-c", configuration.toString()));
    words.addAll(List.of(arguments));
    return Command.run(words);
  }

  /** Copies of the mails in the inbox, with their flags, oldest first; no flag is changed. */
  public List<MimeMessage> messages(MailUser user) {
    return messages(user, "INBOX");
  }

  /** The same for any folder. */
  public List<MimeMessage> messages(MailUser user, String folder) {
    return new ImapReader(host(), imapsPort).read(user, folder);
  }

  /** The first mail in the inbox that fits, waiting at most 20 s for it. */
  public MimeMessage awaitMessage(MailUser user, Predicate<MimeMessage> wanted) {
    return Awaitility.await("a mail to " + user.address())
        .atMost(PATIENCE)
        .until(() -> messages(user).stream().filter(wanted).findFirst(), Optional::isPresent)
        .orElseThrow();
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return Requirements.ofThisMachine().check("openssl", "dovecot", "doveadm", "imap", "lmtp");
  }

  @Override
  Daemon prepare() {
    ServerCertificate certificate = CertificateAuthority.shared().issue("mail.example.test");
    return Daemon.prepare(
        "dovecot",
        Map.of(
            "IMAP_PORT", String.valueOf(imapPort),
            "IMAPS_PORT", String.valueOf(imapsPort),
            "LMTP_PORT", String.valueOf(lmtpPort),
            "AUTH_PORT", String.valueOf(authPort),
            "TOKEN_PORT", String.valueOf(TokenServer.port()),
            "CERTIFICATE", certificate.certificate().toString(),
            "KEY", certificate.key().toString(),
            "STORAGE", storage.name().toLowerCase(Locale.ROOT)));
  }
}
