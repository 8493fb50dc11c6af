package org.byoemail.outbound.submission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.ContactPolicy;
import org.byoemail.account.registry.Endpoint;
import org.byoemail.account.registry.Endpoints;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.MessageStatus;
import org.byoemail.outbound.outbox.OutboundDetails;
import org.byoemail.outbound.outbox.Outbox;
import org.byoemail.outbound.outbox.OutboxEntry;
import org.byoemail.outbound.outbox.OutboxFilter;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.ContentStore;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages;
import org.byoemail.support.WebTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class SubmissionsTest extends WebTest {
  @Autowired private Submissions submissions;
  @Autowired private SubmissionReader reader;
  @Autowired private Outbox outbox;
  @Autowired private Uploads uploads;
  @Autowired private Agents agents;
  @Autowired private Endpoints endpoints;
  @Autowired private Messages messages;
  @Autowired private ContentStore content;
  @Autowired private Clock clock;

  private String organization = "";
  private Agent agent;
  private Endpoint ada;

  @BeforeEach
  void makeSender() {
    organization = fresh("acme");
    agent = agents.create(new OrganizationId(organization), "Ada", openPolicy());
    ada = endpoints.own(agent.id(), EmailAddress.parse(fresh("ada") + "@example.org"), "Ada L");
  }

  @Test
  void submissionIsStoredWithAllItNeedsToLeave() {
    Map<String, @Nullable Object> fields = fields("order-1");
    fields.put("to", List.of("Ben <ben@x.test>", "cleo@x.test"));
    fields.put("cc", List.of("BEN@x.test", "dan@x.test"));
    fields.put("bcc", "eve@x.test");
    fields.put("autoSubmitted", true);
    fields.put("metadata", Map.of("order", 17));

    Submissions.Accepted accepted = accept(fields);

    OutboundDetails story = outbox.story(accepted.messageId()).orElseThrow();
    assertThat(accepted.created()).isTrue();
    assertThat(accepted.submissionId()).isEqualTo("order-1");
    assertThat(story.status()).isEqualTo(MessageStatus.QUEUED);
    assertThat(story.recipients())
        .extracting(recipient -> recipient.kind() + " " + recipient.address())
        .containsExactly("to ben@x.test", "to cleo@x.test", "cc dan@x.test", "bcc eve@x.test");
    assertThat(story.attempts())
        .singleElement()
        .satisfies(a -> assertThat(a.status()).isEqualTo("QUEUED"));
    assertThat(story.dueAt()).isEqualTo(story.message().createdAt());
    Message message = story.message();
    assertThat(message.organization().value()).isEqualTo(organization);
    assertThat(message.fromName()).isEqualTo("Ada L");
    assertThat(message.to()).containsExactly("Ben <ben@x.test>", "cleo@x.test");
    assertThat(message.cc()).containsExactly("dan@x.test");
    assertThat(message.messageId()).isEqualTo(new MessageId(accepted.messageId() + "@example.org"));
    assertThat(message.headers())
        .containsExactly(new HeaderField("Auto-Submitted", "auto-generated"));
    assertThat(message.metadata()).containsEntry("order", 17);
    assertThat(story.expiresAt()).isEqualTo(message.createdAt().plus(Duration.ofDays(5)));
  }

  @Test
  void sameIdIsAcceptedOnce() {
    Submissions.Accepted first = accept(fields("order-1"));

    Submissions.Accepted second = accept(fields("order-1"));

    assertThat(second).isEqualTo(new Submissions.Accepted("order-1", first.messageId(), false));
    assertThat(ids()).containsExactly(first.messageId());
  }

  @Test
  void sameIdWithAnotherBodyIsAConflict() {
    accept(fields("order-1"));
    Map<String, @Nullable Object> other = fields("order-1");
    other.put("subject", "Something else");

    assertThatThrownBy(() -> accept(other)).isInstanceOf(SubmissionConflict.class);

    assertThat(ids()).hasSize(1);
  }

  @Test
  void sameIdInAnotherOrganizationIsAnotherSubmission() {
    Submissions.Accepted first = accept(fields("order-1"));
    makeSender();

    assertThat(accept(fields("order-1")).messageId()).isNotEqualTo(first.messageId());
  }

  @Test
  void manyAtOnceWithOneIdAreOneMessage() throws Exception {
    int threads = 8;
    CyclicBarrier together = new CyclicBarrier(threads);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    Set<StoredMessageId> ids = new HashSet<>();
    int created = 0;
    try {
      for (int round = 0; round < 5; round++) {
        Map<String, @Nullable Object> fields = fields("order-" + round);
        List<Future<Submissions.Accepted>> answers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
          answers.add(
              pool.submit(
                  () -> {
                    together.await(10, TimeUnit.SECONDS);
                    return accept(fields);
                  }));
        }
        for (Future<Submissions.Accepted> answer : answers) {
          Submissions.Accepted accepted = answer.get(20, TimeUnit.SECONDS);
          ids.add(accepted.messageId());
          created += accepted.created() ? 1 : 0;
        }
      }
    } finally {
      pool.shutdownNow();
    }

    assertThat(created).isEqualTo(5);
    assertThat(ids).hasSize(5).containsExactlyInAnyOrderElementsOf(ids());
  }

  @Test
  void withoutIdEachIsAnother() {
    Submissions.Accepted first = accept(fields(null));
    Submissions.Accepted second = accept(fields(null));

    assertThat(second.messageId()).isNotEqualTo(first.messageId());
    assertThat(second.submissionId()).isEqualTo(second.messageId().toString());
  }

  @Test
  void senderMayBeNamedByItsEndpoint() {
    Map<String, @Nullable Object> fields = fields("order-1");
    fields.put("from", ada.id().toString());

    assertThat(outbox.story(accept(fields).messageId()).orElseThrow().message().from())
        .isEqualTo(ada.address().value());
  }

  @Test
  void senderMustBelongToTheOrganization() {
    assertThat(fieldRefused(new SubmissionSource(new OrganizationId("another")), fields("a")))
        .isEqualTo("from");
    assertThat(
            submissions
                .accept(new SubmissionSource(new OrganizationId(organization)), read(fields("a")))
                .created())
        .isTrue();
  }

  @Test
  void senderMustBeAnAgentsEndpoint() {
    Map<String, @Nullable Object> stranger = fields("a");
    stranger.put("from", "who@else.test");
    Map<String, @Nullable Object> unknownId = fields("b");
    unknownId.put("from", UUID.randomUUID().toString());

    assertThat(fieldRefused(stranger)).isEqualTo("from");
    assertThat(fieldRefused(unknownId)).isEqualTo("from");
    agents.delete(agent.id());
    assertThat(fieldRefused(fields("c"))).isEqualTo("from");
  }

  @Test
  void replyJoinsConversationAndThread() {
    StoredMessageId question = accept(fields("question")).messageId();
    Map<String, @Nullable Object> fields = fields("again");
    fields.put("inReplyTo", question.toString());

    Message reply = messages.find(accept(fields).messageId()).orElseThrow();

    Message original = messages.find(question).orElseThrow();
    assertThat(reply.conversation()).isEqualTo(original.conversation());
    assertThat(reply.inReplyTo()).isEqualTo(original.messageId());
    assertThat(reply.references()).containsExactly(original.messageId());
  }

  @Test
  void replyToAnUnknownMessageIsRefusedAndItsIdStaysFree() {
    Map<String, @Nullable Object> fields = fields("order-1");
    fields.put("inReplyTo", UUID.randomUUID().toString());

    assertThat(fieldRefused(fields)).isEqualTo("inReplyTo");

    assertThat(accept(fields("order-1")).created()).isTrue();
  }

  @Test
  void laterMailIsDueLater() {
    Map<String, @Nullable Object> fields = fields("later");
    java.time.Instant sendAt =
        clock.instant().plusSeconds(3600).truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
    fields.put("sendAt", sendAt.toString());

    OutboundDetails story = outbox.story(accept(fields).messageId()).orElseThrow();

    assertThat(story.dueAt()).isEqualTo(sendAt);
    assertThat(story.message().sentDate()).isEqualTo(sendAt);
    assertThat(story.expiresAt()).isEqualTo(sendAt.plus(Duration.ofDays(5)));
  }

  @Test
  void timesThatCannotBeMetAreRefused() {
    Map<String, @Nullable Object> over = fields("a");
    over.put("expiresAt", clock.instant().minusSeconds(60).toString());
    Map<String, @Nullable Object> far = fields("b");
    far.put("sendAt", clock.instant().plus(Duration.ofDays(400)).toString());

    assertThat(fieldRefused(over)).isEqualTo("expiresAt");
    assertThat(fieldRefused(far)).isEqualTo("sendAt");
  }

  @Test
  void filesAreStoredGivenAndUploaded() throws Exception {
    Attachment upload =
        uploads.store(
            new OrganizationId(organization),
            "big.pdf",
            null,
            new ByteArrayInputStream("%PDF".getBytes()));
    Map<String, @Nullable Object> fields = fields("files");
    fields.put(
        "attachments",
        List.of(
            Map.of("name", "a.png", "cid", "logo", "content", base64("image")),
            Map.of("id", upload.id().toString(), "name", "bill.pdf")));

    List<Attachment> stored = outbox.story(accept(fields).messageId()).orElseThrow().attachments();

    assertThat(accept(fields).created()).isFalse();
    assertThat(stored)
        .extracting(Attachment::name, Attachment::contentType, Attachment::inline)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("a.png", "image/png", true),
            org.assertj.core.groups.Tuple.tuple("bill.pdf", "application/pdf", false));
    assertThat(content.open(String.valueOf(stored.get(0).sha256())).readAllBytes())
        .isEqualTo("image".getBytes());
    assertThat(content.open(String.valueOf(stored.get(1).sha256())).readAllBytes())
        .isEqualTo("%PDF".getBytes());
  }

  @Test
  void uploadOfAnotherOrganizationIsUnknown() {
    Attachment upload =
        uploads.store(
            new OrganizationId(fresh("other")),
            "a.pdf",
            null,
            new ByteArrayInputStream(new byte[1]));
    Map<String, @Nullable Object> fields = fields("files");
    fields.put("attachments", List.of(Map.of("id", upload.id().toString())));

    assertThat(fieldRefused(fields)).isEqualTo("attachments[0].id");
  }

  @Test
  void messageThatIsTooLargeInAllIsRefused() {
    byte[] part = new byte[10 << 20];
    Attachment upload =
        uploads.store(
            new OrganizationId(organization), "a.bin", null, new ByteArrayInputStream(part));
    Map<String, @Nullable Object> fields = fields("large");
    Map<String, String> file = Map.of("id", upload.id().toString());
    fields.put("attachments", List.of(file, file));

    assertThat(fieldRefused(fields)).isEqualTo("attachments");
  }

  @Test
  void uploadIsLimited() {
    assertThatThrownBy(
            () ->
                uploads.store(
                    new OrganizationId(organization),
                    "a",
                    null,
                    new ByteArrayInputStream(new byte[(18 << 20) + 1])))
        .isInstanceOf(AttachmentTooLarge.class);
    assertThatThrownBy(
            () ->
                uploads.store(
                    new OrganizationId(organization),
                    "a\nb",
                    null,
                    new ByteArrayInputStream(new byte[1])))
        .isInstanceOf(SubmissionRejected.class);
  }

  @Test
  void textThatLooksEscapedIsStoredAsItIs() {
    Map<String, @Nullable Object> fields = fields("escaped");
    fields.put("metadata", Map.of("a", "\\u0000 \\\\u0000"));
    fields.put("headers", Map.of("X-A", "\\u0000"));

    Message message = messages.find(accept(fields).messageId()).orElseThrow();

    assertThat(message.metadata()).containsEntry("a", "\\u0000 \\\\u0000");
    assertThat(message.headers()).containsExactly(new HeaderField("X-A", "\\u0000"));
  }

  private Map<String, @Nullable Object> fields(@Nullable String id) {
    Map<String, @Nullable Object> fields = SubmissionFixtures.with("id", id);
    fields.put("from", ada.address().value());
    return fields;
  }

  private Submission read(Map<String, @Nullable Object> fields) {
    return reader.read(SubmissionFixtures.json(fields));
  }

  private Submissions.Accepted accept(Map<String, @Nullable Object> fields) {
    return submissions.accept(SubmissionSource.everyOrganization(), read(fields));
  }

  private String fieldRefused(Map<String, @Nullable Object> fields) {
    return fieldRefused(SubmissionSource.everyOrganization(), fields);
  }

  private String fieldRefused(SubmissionSource source, Map<String, @Nullable Object> fields) {
    return catchThrowableOfType(
            SubmissionRejected.class, () -> submissions.accept(source, read(fields)))
        .errors()
        .get(0)
        .field();
  }

  private List<StoredMessageId> ids() {
    return outbox
        .list(new OutboxFilter(new OrganizationId(organization), null, null, null, null, 100))
        .stream()
        .map(OutboxEntry::messageId)
        .toList();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes());
  }

  private static ContactPolicy openPolicy() {
    return new ContactPolicy(ContactPolicy.Mode.OPEN, ContactPolicy.Mode.OPEN, List.of());
  }
}
