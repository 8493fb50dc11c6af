package org.byoemail.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.event.MessageCountAdapter;
import jakarta.mail.event.MessageCountEvent;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.byoemail.format.mime.MailParser;
import org.byoemail.format.report.Classification;
import org.byoemail.format.report.MailClassifier;
import org.byoemail.format.report.MailKind;
import org.eclipse.angus.mail.dsn.DeliveryStatus;
import org.eclipse.angus.mail.dsn.MultipartReport;
import org.eclipse.angus.mail.imap.IMAPFolder;
import org.eclipse.angus.mail.imap.IMAPStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The demo provider as a mail client sees it. */
class DemoServerTest {
  private static final String ADA = "ada@demo.example";
  private static final String BEN = "ben@demo.example";

  @TempDir Path dir;
  private DataFolder data;
  private DemoServer server;

  @BeforeEach
  void start() {
    data = DataFolder.at(dir);
    server = DemoServer.start(data, settings(0), Clock.systemUTC());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void mailToAKnownUserArrives() throws Exception {
    send(ADA, BEN, "hello");

    try (IMAPStore store = imap(BEN, password(BEN))) {
      Message arrived = inbox(store).getMessage(1);
      assertThat(arrived.getSubject()).isEqualTo("hello");
      assertThat(arrived.getHeader("Return-Path")).containsExactly("<" + ADA + ">");
    }
  }

  @Test
  void mailToAStrangerComesBackAsADeliveryReport() throws Exception {
    send(ADA, "nobody@demo.example", "lost");

    try (IMAPStore store = imap(ADA, password(ADA))) {
      Message bounce = inbox(store).getMessage(1);
      assertThat(bounce.getFrom()[0].toString()).contains("MAILER-DAEMON@demo.example");
      assertThat(bounce.getHeader("Return-Path")).containsExactly("<>");
      assertThat(bounce.getHeader("Auto-Submitted")).containsExactly("auto-replied");
      assertThat(bounce.getContentType()).contains("report-type=delivery-status");
      MultipartReport report = (MultipartReport) bounce.getContent();
      DeliveryStatus status = (DeliveryStatus) report.getReport();
      assertThat(status.getMessageDSN().getHeader("Reporting-MTA"))
          .containsExactly("dns; demo.example");
      assertThat(status.getRecipientDSNCount()).isEqualTo(1);
      assertThat(status.getRecipientDSN(0).getHeader("Final-Recipient"))
          .containsExactly("rfc822; nobody@demo.example");
      assertThat(status.getRecipientDSN(0).getHeader("Action")).containsExactly("failed");
      assertThat(status.getRecipientDSN(0).getHeader("Status")).containsExactly("5.1.1");
      assertThat(status.getRecipientDSN(0).getHeader("Diagnostic-Code")[0])
          .startsWith("smtp; 550 5.1.1");
      assertThat(report.getBodyPart(2).getContentType())
          .startsWithIgnoringCase("text/rfc822-headers");
      assertThat(report.getReturnedMessage().getHeader("X-Gobii-Message-ID"))
          .containsExactly("attempt-1");
      assertThat(report.getReturnedMessage().getMessageID()).isEqualTo("<lost@demo.example>");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "no-such-user, 5.1.1",
    "no-such-host, 5.1.2",
    "mailbox-full, 5.2.2",
    "too-large, 5.3.4",
    "refused, 5.7.1",
    "rate-limited, 5.7.28",
    "authentication, 5.7.26",
    "expired, 5.4.7"
  })
  void testAddressBouncesForThatReason(String reason, String status) throws Exception {
    send(ADA, "bounce+" + reason + "@demo.example", "lost");

    Classification found = classified(ADA);
    assertThat(found.kind()).isEqualTo(MailKind.FAILED);
    assertThat(found.recipients().get(0).reason().word()).isEqualTo(reason);
    assertThat(raw(ADA)).contains("Status: " + status, "lost@demo.example");
    assertThatThrownBy(() -> send(ADA, "reject+" + reason + "@demo.example", "refused"))
        .hasStackTraceContaining(status);
  }

  @Test
  void testAddressesReportDelaysAndDeliveries() throws Exception {
    send(ADA, "delayed@demo.example", "late");
    send(ADA, "Delivered@demo.example", "there");
    send(ADA, "accepted@demo.example", "silent");

    try (IMAPStore store = imap(ADA, password(ADA))) {
      List<String> actions = new ArrayList<>();
      for (Message message : inbox(store).getMessages()) {
        DeliveryStatus status =
            (DeliveryStatus) ((MultipartReport) message.getContent()).getReport();
        actions.add(status.getRecipientDSN(0).getHeader("Action")[0]);
      }
      assertThat(actions).containsExactly("delayed", "delivered");
    }
  }

  @Test
  void testAddressComplains() throws Exception {
    send(ADA, "complaint@demo.example", "spam");

    assertThat(classified(ADA).kind()).isEqualTo(MailKind.ARF);
    assertThat(raw(ADA)).contains("attempt-1");
  }

  @Test
  void testAddressesAnswer() throws Exception {
    send(ADA, "auto-reply@demo.example", "away");
    send(ADA, "reply@demo.example", "question");

    try (IMAPStore store = imap(ADA, password(ADA))) {
      Message[] answers = inbox(store).getMessages();
      assertThat(answers).hasSize(2);
      assertThat(answers[0].getHeader("Auto-Submitted")).containsExactly("auto-replied");
      assertThat(answers[1].getHeader("Auto-Submitted")).isNull();
      assertThat(answers[1].getSubject()).isEqualTo("Re: question");
      assertThat(answers[1].getHeader("In-Reply-To")).containsExactly("<question@demo.example>");
    }
  }

  @Test
  void testAddressDefersOnceOrAlways() throws Exception {
    assertThatThrownBy(() -> send(ADA, "defer-once@demo.example", "first"))
        .hasStackTraceContaining("4.7.1");
    send(ADA, "defer-once@demo.example", "second");
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> send(ADA, "defer@demo.example", "never"))
          .hasStackTraceContaining("4.3.0");
    }

    assertThat(seen(ADA).uids()).hasSize(1);
  }

  @Test
  void spareMailboxesAreThereToBeConnected() throws Exception {
    assertThat(server.provider().spare())
        .extracting(DemoProvider.User::address)
        .containsExactly("cleo@demo.example", "dan@demo.example");
    send(ADA, "cleo@demo.example", "hello");

    assertThat(seen("cleo@demo.example").uids()).hasSize(1);
  }

  @Test
  void mailKeepsItsUidOverARestart() throws Exception {
    send(ADA, BEN, "one");
    send(ADA, BEN, "two");
    Seen before = seen(BEN);

    restart();
    Seen after = seen(BEN);
    send(ADA, BEN, "three");

    assertThat(after).isEqualTo(before);
    assertThat(seen(BEN).uids()).containsAll(before.uids()).hasSize(3).isSorted();
  }

  @Test
  void appendedMailIsKeptToo() throws Exception {
    try (IMAPStore store = imap(BEN, password(BEN))) {
      inbox(store).appendMessages(new Message[] {mail(BEN, BEN, "draft")});
    }

    restart();

    assertThat(seen(BEN).uids()).hasSize(1);
  }

  @Test
  void portsAndPasswordsStayTheSameOverARestart() throws Exception {
    DemoProvider before = server.provider();

    restart();

    assertThat(server.provider()).isEqualTo(before);
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(dir.resolve("demo/ada-password"))))
        .isEqualTo("rw-------");
  }

  @Test
  void watcherIsToldOfNewMail() throws Exception {
    try (IMAPStore store = imap(BEN, password(BEN))) {
      IMAPFolder inbox = inbox(store);
      CountDownLatch told = new CountDownLatch(1);
      inbox.addMessageCountListener(
          new MessageCountAdapter() {
            @Override
            public void messagesAdded(MessageCountEvent event) {
              told.countDown();
            }
          });
      Thread watcher = new Thread(() -> idle(inbox));
      watcher.start();

      send(ADA, BEN, "look");

      assertThat(store.hasCapability("IDLE")).isTrue();
      assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
      watcher.interrupt();
    }
  }

  @Test
  void loginIsAskedFor() {
    assertThatThrownBy(
            () -> {
              try (Transport transport = session().getTransport("smtp")) {
                transport.connect(DemoServer.HOST, server.provider().smtpPort(), null, null);
                transport.sendMessage(mail(ADA, BEN, "free"), InternetAddress.parse(BEN));
              }
            })
        .hasMessageContaining("530 5.7.0 Authentication required");
    assertThatThrownBy(() -> imap("carl@demo.example", "carl"))
        .isInstanceOf(AuthenticationFailedException.class);
    assertThatThrownBy(() -> imap(ADA, "wrong")).isInstanceOf(AuthenticationFailedException.class);
  }

  @Test
  void severalMailsPassOverOneConnection() throws Exception {
    try (Transport transport = smtp()) {
      transport.sendMessage(mail(ADA, BEN, "one"), InternetAddress.parse(BEN));
      transport.sendMessage(mail(ADA, BEN, "two"), InternetAddress.parse(BEN));
    }

    assertThat(seen(BEN).uids()).hasSize(2);
  }

  @Test
  void takenPortIsNamedWithItsSetting() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(
              () -> DemoServer.start(data, settings(taken.getLocalPort()), Clock.systemUTC()))
          .isInstanceOfSatisfying(
              EmbeddedPartFailed.class, e -> assertThat(e.remedy()).contains("byo.demo.smtp-port"));
    }
  }

  private record Seen(long uidValidity, List<Long> uids) {}

  private void restart() {
    server.close();
    server = DemoServer.start(data, settings(0), Clock.systemUTC());
  }

  private static DemoSettings settings(int smtpPort) {
    return new DemoSettings(true, smtpPort, 0);
  }

  private Seen seen(String user) throws Exception {
    try (IMAPStore store = imap(user, password(user))) {
      IMAPFolder inbox = inbox(store);
      List<Long> uids = new ArrayList<>();
      for (Message message : inbox.getMessages()) {
        uids.add(inbox.getUID(message));
      }
      return new Seen(inbox.getUIDValidity(), uids);
    }
  }

  private void send(String from, String to, String subject) throws Exception {
    try (Transport transport = smtp()) {
      transport.sendMessage(mail(from, to, subject), InternetAddress.parse(to));
    }
  }

  private Transport smtp() throws MessagingException {
    Transport transport = session().getTransport("smtp");
    transport.connect(DemoServer.HOST, server.provider().smtpPort(), ADA, password(ADA));
    return transport;
  }

  private static MimeMessage mail(String from, String to, String subject) throws Exception {
    Properties properties = new Properties();
    properties.setProperty("mail.from", from);
    MimeMessage mail =
        new MimeMessage(Session.getInstance(properties)) {
          @Override
          protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", "<" + subject + "@demo.example>");
          }
        };
    mail.setFrom(from);
    mail.setRecipients(Message.RecipientType.TO, to);
    mail.setSubject(subject);
    mail.setHeader("X-Gobii-Message-ID", "attempt-1");
    mail.setText(subject + "\n.\n");
    mail.saveChanges();
    return mail;
  }

  private IMAPStore imap(String user, String password) throws MessagingException {
    IMAPStore store = (IMAPStore) session().getStore("imap");
    store.connect(DemoServer.HOST, server.provider().imapPort(), user, password);
    return store;
  }

  private static IMAPFolder inbox(IMAPStore store) throws MessagingException {
    IMAPFolder inbox = (IMAPFolder) store.getFolder("INBOX");
    inbox.open(Folder.READ_ONLY);
    return inbox;
  }

  private static void idle(IMAPFolder inbox) {
    try {
      inbox.idle(true);
    } catch (MessagingException closed) {
      // The test has closed the store.
    }
  }

  private static Session session() {
    Properties properties = new Properties();
    properties.setProperty("mail.smtp.from", ADA);
    properties.setProperty("mail.smtp.timeout", "10000");
    properties.setProperty("mail.imap.timeout", "10000");
    return Session.getInstance(properties);
  }

  private String raw(String user) throws Exception {
    try (IMAPStore store = imap(user, password(user))) {
      ByteArrayOutputStream raw = new ByteArrayOutputStream();
      inbox(store).getMessage(1).writeTo(raw);
      return raw.toString(StandardCharsets.UTF_8);
    }
  }

  /** What the gateway takes the first mail for. */
  private Classification classified(String user) throws Exception {
    return new MailClassifier()
        .classify(new MailParser().parse(raw(user).getBytes(StandardCharsets.UTF_8)));
  }

  private String password(String address) {
    return Stream.concat(server.provider().users().stream(), server.provider().spare().stream())
        .filter(user -> user.address().equals(address))
        .map(DemoProvider.User::password)
        .findFirst()
        .orElseThrow();
  }
}
