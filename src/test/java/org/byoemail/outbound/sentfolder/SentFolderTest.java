package org.byoemail.outbound.sentfolder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.mail.Flags;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.OutboundFixtures;
import org.byoemail.outbound.delivery.ReportableAttempts;
import org.byoemail.outbound.delivery.SendingSteps;
import org.byoemail.outbound.delivery.SendingTest;
import org.byoemail.outbound.foldercopy.FolderSetting;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.Attachments;
import org.byoemail.platform.conversation.ContentStore;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.MailUser;
import org.byoemail.support.ScriptedSmtpServer;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Copies of sent mails in the Sent folder of a Dovecot. */
@SendingTest
class SentFolderTest {
  @RegisterExtension static final DovecotServer DOVECOT = DovecotServer.shared();

  private final OutboundFixtures fixtures;
  private final SendingSteps steps;
  private final SentFolderKeeper keeper;
  private final SentFolders folders;
  private final ReportableAttempts attempts;
  private final Attachments attachments;
  private final ContentStore content;
  private final JdbcClient jdbc;
  private final SettableClock clock;
  private final ScriptedSmtpServer server = new ScriptedSmtpServer();
  private MailUser ada;
  private Account account;

  @Autowired
  SentFolderTest(
      OutboundFixtures fixtures,
      SendingSteps steps,
      SentFolderKeeper keeper,
      SentFolders folders,
      ReportableAttempts attempts,
      Attachments attachments,
      ContentStore content,
      JdbcClient jdbc,
      SettableClock clock) {
    this.fixtures = fixtures;
    this.steps = steps;
    this.keeper = keeper;
    this.folders = folders;
    this.attempts = attempts;
    this.attachments = attachments;
    this.content = content;
    this.jdbc = jdbc;
    this.clock = clock;
  }

  @BeforeEach
  void start() {
    fixtures.clear();
    ada = DOVECOT.freshUser("ada");
    account = fixtures.account(server.port(), ada, DOVECOT.imapPort());
    folders.set(account, true, null);
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void sentMailIsPutThereOnceAndAsRead() throws Exception {
    UUID message = fixtures.message(account, "ben@example.test");
    steps.send();

    keepWhatIsDue();
    keepWhatIsDue();

    List<MimeMessage> sent = DOVECOT.messages(ada, "Sent");
    assertThat(sent).hasSize(1);
    assertThat(sent.get(0).getMessageID()).isEqualTo("<" + message + "@example.test>");
    assertThat(sent.get(0).getHeader("X-Gobii-Message-ID", null))
        .isEqualTo(String.valueOf(fixtures.lastAttempt(message).get("id")));
    assertThat(sent.get(0).isSet(Flags.Flag.SEEN)).isTrue();
    assertThat(folders.of(account.id())).isEqualTo(new FolderSetting.State(true, null, 0, 0, null));
    assertThat(server.mails()).hasSize(1);
  }

  @Test
  void copyWaitsForTheServersOwn() throws Exception {
    fixtures.message(account, "ben@example.test");
    steps.send();

    List<?> atOnce = keeper.due();
    clock.advance(Duration.ofSeconds(15));

    assertThat(atOnce).isEmpty();
    assertThat(keeper.due()).containsExactly(account.id());
  }

  @Test
  void copyOfTheServersOwnIsNotDoubledAndItsIdIsLearnt(@TempDir Path dir) throws Exception {
    UUID message = fixtures.message(account, "ben@example.test");
    steps.send();
    Object attempt = fixtures.lastAttempt(message).get("id");
    Path own = dir.resolve("own.eml");
    Files.writeString(
        own,
        "Message-ID: <rewritten-"
            + message
            + "@server.test>\r\nX-Gobii-Message-ID: "
            + attempt
            + "\r\nSubject: Hello\r\n\r\nText.\r\n");
    // Dovecot reads it as the user.
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
    DOVECOT.doveadm("save", "-u", ada.address(), "-m", "Sent", own.toString());

    keepWhatIsDue();

    assertThat(DOVECOT.messages(ada, "Sent")).hasSize(1);
    assertThat(attempts.find(account.id(), new MessageId("rewritten-" + message + "@server.test")))
        .hasValueSatisfying(found -> assertThat(found.message().value()).isEqualTo(message));
    assertThat(attempts.find(account.id(), new MessageId(message + "@example.test"))).isPresent();
  }

  @Test
  void copyWhoseResultWasLostIsFoundAndNotDoubled() throws Exception {
    fixtures.message(account, "ben@example.test");
    steps.send();
    keepWhatIsDue();
    jdbc.sql("UPDATE sent_copy SET status = 'waiting'").update();

    keepWhatIsDue();

    assertThat(DOVECOT.messages(ada, "Sent")).hasSize(1);
    assertThat(folders.of(account.id()).waiting()).isZero();
  }

  @Test
  void severalNodesPutEachCopyThereOnce() throws Exception {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      ids.add("<" + fixtures.message(account, "ben@example.test") + "@example.test>");
      steps.send();
    }
    clock.advance(Duration.ofMinutes(1));

    for (int round = 0; round < 3; round++) {
      CompletableFuture<Void> other = CompletableFuture.runAsync(() -> keeper.keep(account.id()));
      keeper.keep(account.id());
      other.join();
    }

    assertThat(DOVECOT.messages(ada, "Sent"))
        .extracting(SentFolderTest::id)
        .containsExactlyInAnyOrderElementsOf(ids);
  }

  @Test
  void largeMailArrivesWhole() throws Exception {
    UUID message = fixtures.message(account, "ben@example.test");
    byte[] bytes = new byte[5_000_000];
    new Random(1).nextBytes(bytes);
    ContentStore.Stored stored = content.store(new ByteArrayInputStream(bytes));
    attachments.store(
        new Attachment(
            Ids.next(),
            new OrganizationId("acme"),
            new StoredMessageId(message),
            "a.bin",
            "application/octet-stream",
            false,
            null,
            stored.size(),
            stored.sha256(),
            null),
        0);
    steps.send();

    keepWhatIsDue();

    MimeMessage copy = DOVECOT.messages(ada, "Sent").get(0);
    assertThat(
            ((jakarta.mail.Multipart) copy.getContent())
                .getBodyPart(1)
                .getInputStream()
                .readAllBytes())
        .isEqualTo(bytes);
  }

  @Test
  void serverThatIsAwayIsAskedAgainWithinBoundsAndNothingIsSentAgain() throws Exception {
    account = fixtures.account(server.port(), DOVECOT.freshUser("eve"), 1);
    folders.set(account, true, null);
    UUID message = fixtures.message(account, "ben@example.test");
    steps.send();

    int rounds = 0;
    while (folders.of(account.id()).waiting() > 0 && rounds < 50) {
      clock.advance(Duration.ofHours(14));
      keeper.due().forEach(keeper::keep);
      rounds++;
    }

    assertThat(rounds).isEqualTo(7);
    assertThat(folders.of(account.id()).givenUp()).isEqualTo(1);
    assertThat(folders.of(account.id()).error()).isNotBlank();
    assertThat(fixtures.status(message)).isEqualTo("sent");
    assertThat(server.mails()).hasSize(1);
  }

  @Test
  void folderThatIsNotThereIsTold() throws Exception {
    folders.set(account, true, "No such folder");
    fixtures.message(account, "ben@example.test");
    steps.send();

    keepWhatIsDue();

    assertThat(folders.of(account.id()).error()).contains("No such folder");
    assertThat(folders.of(account.id()).waiting()).isEqualTo(1);
  }

  @Test
  void accountThatDoesNotWantItGetsNone() throws Exception {
    folders.set(account, false, null);
    fixtures.message(account, "ben@example.test");
    steps.send();

    keepWhatIsDue();

    assertThat(DOVECOT.messages(ada, "Sent")).isEmpty();
    assertThat(jdbc.sql("SELECT count(*) FROM sent_copy").query(Integer.class).single()).isZero();
  }

  @Test
  void mailThatFailedGetsNone() throws Exception {
    server.answer("RCPT TO", "550 5.1.1 no such user");
    fixtures.message(account, "ben@example.test");
    steps.send();

    keepWhatIsDue();

    assertThat(DOVECOT.messages(ada, "Sent")).isEmpty();
  }

  @Test
  void accountWithoutImapIsRefused() {
    Account sendsOnly = fixtures.account(server.port(), null);

    assertThatThrownBy(() -> folders.set(sendsOnly, true, null)).hasMessageContaining("IMAP");
  }

  private void keepWhatIsDue() {
    clock.advance(Duration.ofMinutes(1));
    keeper.due().forEach(keeper::keep);
  }

  private static String id(MimeMessage mail) {
    try {
      return mail.getMessageID();
    } catch (MessagingException e) {
      throw new IllegalStateException(e);
    }
  }
}
