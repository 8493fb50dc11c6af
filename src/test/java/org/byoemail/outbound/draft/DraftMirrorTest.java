package org.byoemail.outbound.draft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.mail.Flags;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.byoemail.account.connection.SpecialFolder;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.outbound.delivery.OutboundFixtures;
import org.byoemail.outbound.delivery.SendingSteps;
import org.byoemail.outbound.delivery.SendingTest;
import org.byoemail.outbound.foldercopy.CopyRuns;
import org.byoemail.outbound.foldercopy.FolderSetting;
import org.byoemail.outbound.submission.SubmissionSource;
import org.byoemail.outbound.submission.Uploads;
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
import org.springframework.transaction.support.TransactionTemplate;

/** Drafts in the Drafts folder of a Dovecot. */
@SendingTest
class DraftMirrorTest {
  @RegisterExtension static final DovecotServer DOVECOT = DovecotServer.shared();

  private static final SubmissionSource SOURCE = new SubmissionSource(new OrganizationId("acme"));

  @Autowired private OutboundFixtures fixtures;
  @Autowired private SendingSteps steps;
  @Autowired private Uploads uploads;
  @Autowired private Drafts drafts;
  @Autowired private DraftMirror mirror;
  @Autowired private DraftsFolders folders;
  @Autowired private DraftCopies copies;
  @Autowired private CopyRuns runs;
  @Autowired private DraftCleanup cleanup;
  @Autowired private JdbcClient jdbc;
  @Autowired private SettableClock clock;
  @Autowired private TransactionTemplate transactions;
  private final ScriptedSmtpServer server = new ScriptedSmtpServer();
  private MailUser ada;
  private Account account;

  @BeforeEach
  void start() throws Exception {
    fixtures.clear();
    jdbc.sql("DELETE FROM draft_copy").update();
    jdbc.sql("DELETE FROM draft").update();
    ada = DOVECOT.freshUser("ada");
    DOVECOT.doveadm("mailbox", "create", "-u", ada.address(), "Drafts");
    account = fixtures.account(server.port(), ada, DOVECOT.imapPort());
    folders.set(account, true, null);
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void draftIsStoredAsADraftWithAllItsRecipients() throws Exception {
    drafts.create(
        SOURCE,
        content(
            "Lunch",
            Map.of(
                "to", List.of("Ben <ben@else.test>"),
                "bcc", List.of("cleo@else.test"),
                "body", "At noon?")));

    mirrorWhatIsDue();

    List<MimeMessage> stored = DOVECOT.messages(ada, "Drafts");
    assertThat(stored).hasSize(1);
    MimeMessage mail = stored.get(0);
    assertThat(mail.isSet(Flags.Flag.DRAFT)).isTrue();
    assertThat(mail.isSet(Flags.Flag.SEEN)).isTrue();
    assertThat(mail.getSubject()).isEqualTo("Lunch");
    assertThat(mail.getFrom()[0]).hasToString(ada.address());
    assertThat(mail.getRecipients(RecipientType.TO)[0]).hasToString("Ben <ben@else.test>");
    assertThat(mail.getRecipients(RecipientType.BCC)[0]).hasToString("cleo@else.test");
    assertThat(new String(mail.getInputStream().readAllBytes())).contains("At noon?");
    assertThat(folders.of(account.id())).isEqualTo(new FolderSetting.State(true, null, 0, 0, null));
    assertThat(mirror.due()).isEmpty();
  }

  @Test
  void copyThatFailsDoesNotKeepTheOthersFromBeingWorkedOn() {
    create("First");
    create("Second");
    clock.advance(Duration.ofSeconds(1));
    List<UUID> worked = new java.util.ArrayList<>();

    runs.run(
        account.id(),
        SpecialFolder.DRAFTS,
        copies.queue(),
        10,
        (connection, claimed) ->
            claimed.forEach(
                copy -> {
                  worked.add(copy.draft());
                  if (worked.size() == 1) {
                    throw new IllegalStateException("this one is broken");
                  }
                  copies.stored(copy, "Drafts");
                }));

    assertThat(worked).hasSize(2);
    assertThat(
            jdbc.sql("SELECT draft_id FROM draft_copy WHERE error = 'this one is broken'")
                .query(UUID.class)
                .list())
        .containsExactly(worked.get(0));
  }

  @Test
  void changedDraftReplacesItsCopyAndSentDraftHasNone() throws Exception {
    UUID id = create("First");
    mirrorWhatIsDue();
    drafts.change(SOURCE, id, 1, content("Second", Map.of()));
    drafts.change(SOURCE, id, 2, content("Third", complete()));

    mirrorWhatIsDue();
    assertThat(subjects()).containsExactly("Third");

    drafts.send(SOURCE, id, null);
    mirrorWhatIsDue();

    assertThat(subjects()).isEmpty();
    assertThat(copies()).isZero();
    steps.send();
    assertThat(server.mails()).hasSize(1);
  }

  @Test
  void deletedAndErasedDraftsHaveNoCopy() throws Exception {
    UUID deleted = create("Deleted");
    drafts.create(SOURCE, content("Erased", complete()));
    create("Kept");
    mirrorWhatIsDue();
    assertThat(subjects()).containsExactlyInAnyOrder("Deleted", "Erased", "Kept");

    drafts.delete(SOURCE, deleted, null);
    transactions.executeWithoutResult(
        tx -> cleanup.deleteNaming(new OrganizationId("acme"), "ben@else.test"));
    mirrorWhatIsDue();

    assertThat(subjects()).containsExactly("Kept");
  }

  @Test
  void copyWhoseResultWasLostIsFoundAndNotDoubled() throws Exception {
    create("Lunch");
    mirrorWhatIsDue();
    jdbc.sql("UPDATE draft_copy SET status = 'waiting', folder = NULL").update();

    mirrorWhatIsDue();

    assertThat(subjects()).containsExactly("Lunch");
    assertThat(folders.of(account.id()).waiting()).isZero();
  }

  @Test
  void twoNodesOnOneDraftStoreItOnce() throws Exception {
    UUID id = create("Version 1");

    for (int version = 1; version < 6; version++) {
      onTwoNodes();
      drafts.change(SOURCE, id, version, content("Version " + (version + 1), Map.of()));
      // The claim of a node that was cut off: another one works beside it.
      onTwoNodes();
      jdbc.sql("UPDATE draft_copy SET status = 'waiting', claimed_until = NULL, claim_token = NULL")
          .update();
      onTwoNodes();

      assertThat(subjects()).containsExactly("Version " + (version + 1));
    }
  }

  @Test
  void nodesThatBothStoredItLeaveOne(@TempDir Path dir) throws Exception {
    UUID id = create("Lunch");
    Path twin = dir.resolve("twin.eml");
    String mail =
        "Message-ID: <%s@draft.invalid>\r\nX-Draft-Version: 1\r\nSubject: Lunch\r\n\r\nText.\r\n";
    Files.writeString(twin, mail.formatted(id));
    // Dovecot reads it as the user.
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
    DOVECOT.doveadm("save", "-u", ada.address(), "-m", "Drafts", twin.toString());
    DOVECOT.doveadm("save", "-u", ada.address(), "-m", "Drafts", twin.toString());

    mirrorWhatIsDue();

    assertThat(subjects()).containsExactly("Lunch");
  }

  @Test
  void whatAPersonMadeOfItIsNeitherReadNorRemoved(@TempDir Path dir) throws Exception {
    UUID id = create("Lunch");
    mirrorWhatIsDue();
    Path changed = dir.resolve("changed.eml");
    Files.writeString(
        changed,
        "Message-ID: <" + id + "@draft.invalid>\r\nSubject: Lunch, changed\r\n\r\nText.\r\n");
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
    DOVECOT.doveadm("save", "-u", ada.address(), "-m", "Drafts", changed.toString());

    drafts.delete(SOURCE, id, null);
    mirrorWhatIsDue();

    assertThat(subjects()).containsExactly("Lunch, changed");
  }

  @Test
  void settingStoresWhatIsThereAlreadyMovesItAndRemovesIt() throws Exception {
    folders.set(account, false, null);
    create("Lunch");
    mirrorWhatIsDue();
    assertThat(subjects()).isEmpty();

    folders.set(account, true, null);
    mirrorWhatIsDue();
    assertThat(subjects()).containsExactly("Lunch");

    DOVECOT.doveadm("mailbox", "create", "-u", ada.address(), "Other");
    folders.set(account, true, "Other");
    mirrorWhatIsDue();
    assertThat(subjects()).isEmpty();
    assertThat(DOVECOT.messages(ada, "Other")).hasSize(1);

    folders.set(account, false, "Other");
    mirrorWhatIsDue();
    assertThat(DOVECOT.messages(ada, "Other")).isEmpty();
    assertThat(copies()).isZero();
  }

  @Test
  void serverThatIsAwayIsAskedAgainWithinBoundsAndDelaysNoOther() throws Exception {
    Account away = fixtures.account(server.port(), DOVECOT.freshUser("eve"), 1);
    folders.set(away, true, null);
    UUID id = drafts.create(SOURCE, content(away.address().value(), "Away", complete())).id();
    create("Here");

    mirrorWhatIsDue();
    assertThat(subjects()).containsExactly("Here");
    assertThat(folders.of(away.id()).error()).isNotBlank();
    drafts.change(SOURCE, id, 1, content(away.address().value(), "Again", complete()));
    assertThat(mirror.due()).isEmpty();
    drafts.send(SOURCE, id, null);
    steps.send();
    assertThat(server.mails()).hasSize(1);

    int rounds = 1;
    while (folders.of(away.id()).waiting() > 0 && rounds < 50) {
      makeDue();
      mirrorWhatIsDue();
      rounds++;
    }
    assertThat(rounds).isEqualTo(10);
    assertThat(folders.of(away.id()).givenUp()).isEqualTo(1);
  }

  @Test
  void folderThatIsNotThereIsTold() throws Exception {
    folders.set(account, true, "No such folder");
    create("Lunch");

    mirrorWhatIsDue();

    assertThat(folders.of(account.id()).error()).contains("No such folder");
    assertThat(folders.of(account.id()).waiting()).isEqualTo(1);
  }

  @Test
  void filesOfTheDraftAreInItsCopy() throws Exception {
    UUID file =
        uploads
            .store(
                new OrganizationId("acme"),
                "menu.txt",
                "text/plain",
                new ByteArrayInputStream("Soup".getBytes()))
            .id();
    drafts.create(
        SOURCE, content("Menu", Map.of("attachments", List.of(Map.of("id", file.toString())))));

    mirrorWhatIsDue();

    jakarta.mail.Multipart parts =
        (jakarta.mail.Multipart) DOVECOT.messages(ada, "Drafts").get(0).getContent();
    assertThat(parts.getBodyPart(1).getFileName()).isEqualTo("menu.txt");
    assertThat(parts.getBodyPart(1).getContent()).isEqualTo("Soup");
  }

  @Test
  void accountWithoutImapIsRefused() {
    Account sendsOnly = fixtures.account(server.port(), null);

    assertThatThrownBy(() -> folders.set(sendsOnly, true, null)).hasMessageContaining("IMAP");
  }

  private void onTwoNodes() {
    CompletableFuture<Void> other = CompletableFuture.runAsync(() -> mirror.mirror(account.id()));
    mirror.mirror(account.id());
    other.join();
  }

  private void mirrorWhatIsDue() {
    clock.advance(Duration.ofSeconds(1));
    mirror.due().forEach(mirror::mirror);
  }

  private void makeDue() {
    jdbc.sql("UPDATE draft_copy SET due_at = statement_timestamp()").update();
  }

  private int copies() {
    return jdbc.sql("SELECT count(*) FROM draft_copy").query(Integer.class).single();
  }

  private List<String> subjects() throws Exception {
    List<String> subjects = new java.util.ArrayList<>();
    for (MimeMessage mail : DOVECOT.messages(ada, "Drafts")) {
      subjects.add(mail.getSubject());
    }
    return subjects;
  }

  private UUID create(String subject) {
    return drafts.create(SOURCE, content(subject, Map.of())).id();
  }

  private static Map<String, Object> complete() {
    return Map.of("to", List.of("ben@else.test"), "body", "Text.");
  }

  private byte[] content(String subject, Map<String, Object> more) {
    return content(ada.address(), subject, more);
  }

  private static byte[] content(String from, String subject, Map<String, Object> more) {
    Map<String, Object> content = new HashMap<>(more);
    content.put("from", from);
    content.put("subject", subject);
    try {
      return new ObjectMapper().writeValueAsBytes(content);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
