package org.byoemail.outbound.submission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.OutboundFixtures;
import org.byoemail.outbound.delivery.SendingTest;
import org.byoemail.outbound.delivery.SubmittedMail;
import org.byoemail.outbound.outbox.DeadLetter;
import org.byoemail.outbound.outbox.DeadLetters;
import org.byoemail.outbound.outbox.Outbox;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.Attachments;
import org.byoemail.platform.conversation.ContentStore;
import org.byoemail.support.ScriptedSmtpServer;
import org.byoemail.support.SettableClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What is let go of after its time, and what is not. */
@SendingTest
class RetentionCleanupTest {
  private final OutboundFixtures fixtures;
  private final SubmittedMail mail;
  private final RetentionCleanup retentionCleanup;
  private final Uploads uploads;
  private final Attachments attachments;
  private final ContentStore contents;
  private final Outbox outbox;
  private final DeadLetters letters;
  private final JdbcClient jdbc;
  private final SettableClock clock;
  private final MeterRegistry meters;
  private final ScriptedSmtpServer server = new ScriptedSmtpServer();
  private Account account;

  @Autowired
  RetentionCleanupTest(
      OutboundFixtures fixtures,
      SubmittedMail mail,
      RetentionCleanup retentionCleanup,
      Uploads uploads,
      Attachments attachments,
      ContentStore contents,
      Outbox outbox,
      DeadLetters letters,
      JdbcClient jdbc,
      SettableClock clock,
      MeterRegistry meters) {
    this.meters = meters;
    this.fixtures = fixtures;
    this.mail = mail;
    this.retentionCleanup = retentionCleanup;
    this.uploads = uploads;
    this.attachments = attachments;
    this.contents = contents;
    this.outbox = outbox;
    this.letters = letters;
    this.jdbc = jdbc;
    this.clock = clock;
  }

  @BeforeEach
  void start() {
    fixtures.clear();
    jdbc.sql("DELETE FROM unused_content").update();
    // Contents have the time of the file system.
    clock.set(Instant.parse("2100-01-01T00:00:00Z"));
    account = fixtures.account(server.port(), null);
  }

  @AfterEach
  void close() {
    server.close();
    clock.set(Instant.parse("2026-11-24T09:00:00Z"));
  }

  @Test
  void idMeansTheSameEmailForThirtyDaysAndThenAnother() throws Exception {
    UUID first = mail.submit(account, submission("order-17"));
    mail.send();
    clock.advance(Duration.ofDays(29));
    retentionCleanup.tidy();
    UUID again = mail.submit(account, submission("order-17"));
    clock.advance(Duration.ofDays(2));
    retentionCleanup.tidy();

    UUID later = mail.submit(account, submission("order-17"));

    assertThat(again).isEqualTo(first);
    assertThat(later).isNotEqualTo(first);
    assertThat(outbox.story(new StoredMessageId(first)).orElseThrow().submissionId())
        .isEqualTo("order-17");
    assertThat(outbox.story(new StoredMessageId(later)).orElseThrow().submissionId())
        .isEqualTo("order-17");
  }

  @Test
  void idThatIsThatOfAnEarlierMessageHoldsNobodyUp() throws Exception {
    UUID first = mail.submit(account, submission("order-20"));
    UUID named = mail.submit(account, submission(first.toString()));
    UUID last = mail.submit(account, submission("order-21"));
    mail.send();
    clock.advance(Duration.ofDays(31));

    retentionCleanup.tidy();

    assertThat(forgotten(first)).isEqualTo("order-20");
    assertThat(forgotten(named)).isEqualTo(first.toString());
    assertThat(forgotten(last)).isEqualTo("order-21");
    assertThat(mail.submit(account, submission(first.toString()))).isNotIn(first, named);
  }

  @Test
  void submissionThatCannotBeChangedIsPassedOverAndCounted() throws Exception {
    UUID bad = mail.submit(account, submission("order-22"));
    UUID good = mail.submit(account, submission("order-23"));
    mail.send();
    clock.advance(Duration.ofDays(31));
    double before = failures();
    jdbc.sql(
            "ALTER TABLE outbound_submission ADD CONSTRAINT bad CHECK (forgotten_id <> 'order-22')")
        .update();

    try {
      retentionCleanup.tidy();
    } finally {
      jdbc.sql("ALTER TABLE outbound_submission DROP CONSTRAINT bad").update();
    }

    assertThat(forgotten(bad)).isNull();
    assertThat(forgotten(good)).isEqualTo("order-23");
    assertThat(failures()).isEqualTo(before + 1);
  }

  @Test
  void deadLetterShowsTheIdOfItsProducerThoughItIsForgotten() throws Exception {
    server.answer("RCPT TO", "550 5.7.1 no");
    mail.submit(account, submission("order-16"));
    mail.send();
    clock.advance(Duration.ofDays(31));

    retentionCleanup.tidy();

    assertThat(letters.list(null, null, 10))
        .extracting(DeadLetter::submissionId)
        .containsExactly("order-16");
  }

  @Test
  void idOfWhatStillHasToLeaveIsKept() {
    Map<String, Object> fields = submission("order-18");
    fields.put("sendAt", "2100-03-01T00:00:00Z");
    UUID first = mail.submit(account, fields);
    clock.advance(Duration.ofDays(40));

    retentionCleanup.tidy();

    assertThat(mail.submit(account, fields)).isEqualTo(first);
  }

  @Test
  void uploadThatNobodyUsedIsRemovedWithItsContent() {
    Attachment unused = upload("unused " + UUID.randomUUID());
    clock.advance(Duration.ofDays(8));
    retentionCleanup.tidy();
    boolean gone = attachments.find(unused.id()).isEmpty();
    String there = content(unused);
    clock.advance(Duration.ofDays(2));

    retentionCleanup.tidy();

    assertThat(gone).isTrue();
    assertThat(there).startsWith("unused");
    assertThatThrownBy(() -> content(unused)).isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void freshUploadStays() {
    Attachment fresh = upload("fresh " + UUID.randomUUID());
    clock.advance(Duration.ofDays(6));

    retentionCleanup.tidy();

    assertThat(attachments.find(fresh.id())).isPresent();
  }

  @Test
  void uploadThatWasUsedLatelyStays() {
    Attachment used = upload("used " + UUID.randomUUID());
    clock.advance(Duration.ofDays(6));
    mail.submit(account, withFile(used));
    clock.advance(Duration.ofDays(6));

    retentionCleanup.tidy();

    assertThat(attachments.find(used.id())).isPresent();
  }

  @Test
  void contentThatAMessageHasStaysThoughItsUploadIsRemoved() {
    Attachment used = upload("kept " + UUID.randomUUID());
    mail.submit(account, withFile(used));
    clock.advance(Duration.ofDays(10));
    retentionCleanup.tidy();
    clock.advance(Duration.ofDays(2));

    retentionCleanup.tidy();

    assertThat(attachments.find(used.id())).isEmpty();
    assertThat(content(used)).startsWith("kept");
  }

  @Test
  void contentThatIsStoredAgainMeanwhileStays() {
    Attachment unused = upload("again " + UUID.randomUUID());
    clock.advance(Duration.ofDays(8));
    retentionCleanup.tidy();
    clock.set(Instant.parse("2000-01-01T00:00:00Z"));
    contents.store(new ByteArrayInputStream(content(unused).getBytes(StandardCharsets.UTF_8)));
    jdbc.sql("UPDATE unused_content SET since = '1999-01-01'").update();

    retentionCleanup.tidy();

    assertThat(content(unused)).startsWith("again");
  }

  @Test
  void contentThatCannotBeRemovedIsKeptInMindAndHoldsUpNoOther() {
    Attachment unused = upload("later " + UUID.randomUUID());
    clock.advance(Duration.ofDays(8));
    retentionCleanup.tidy();
    jdbc.sql("INSERT INTO unused_content (sha256, since) VALUES ('no name', '1999-01-01')")
        .update();
    clock.advance(Duration.ofDays(2));

    retentionCleanup.tidy();

    assertThatThrownBy(() -> content(unused)).isInstanceOf(UncheckedIOException.class);
    assertThat(jdbc.sql("DELETE FROM unused_content WHERE sha256 = 'no name'").update()).isOne();
  }

  private double failures() {
    return meters.counter("byo.tidying.failed").count();
  }

  private @Nullable String forgotten(UUID message) {
    return jdbc.sql("SELECT forgotten_id FROM outbound_submission WHERE message_id = :id")
        .param("id", message)
        .query((row, number) -> Optional.ofNullable(row.getString("forgotten_id")))
        .single()
        .orElse(null);
  }

  private Attachment upload(String text) {
    return uploads.store(
        new OrganizationId("acme"),
        "a.txt",
        null,
        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  private String content(Attachment attachment) {
    try (var in = contents.open(String.valueOf(attachment.sha256()))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (java.io.IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Object> withFile(Attachment upload) {
    Map<String, Object> fields = submission("with-file");
    fields.put("attachments", List.of(Map.of("id", upload.id().toString())));
    return fields;
  }

  private static Map<String, Object> submission(String id) {
    return new HashMap<>(
        Map.of("id", id, "to", "ben@x.test", "subject", "Hello", "body", "How are you?"));
  }
}
