package org.byoemail.outbound.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.ContactPolicy;
import org.byoemail.account.registry.Endpoint;
import org.byoemail.account.registry.Endpoints;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.DeliveryConflict;
import org.byoemail.outbound.delivery.MessageStatus;
import org.byoemail.outbound.delivery.RecipientStatus;
import org.byoemail.outbound.submission.SubmissionFixtures;
import org.byoemail.outbound.submission.SubmissionReader;
import org.byoemail.outbound.submission.SubmissionSource;
import org.byoemail.outbound.submission.Submissions;
import org.byoemail.support.WebTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class OutboxTest extends WebTest {
  @Autowired private Submissions submissions;
  @Autowired private SubmissionReader reader;
  @Autowired private Outbox outbox;
  @Autowired private Agents agents;
  @Autowired private Endpoints endpoints;
  @Autowired private Clock clock;

  private String organization = "";
  private Endpoint ada;

  @BeforeEach
  void makeSender() {
    organization = fresh("acme");
    Agent agent =
        agents.create(
            new OrganizationId(organization),
            "Ada",
            new ContactPolicy(ContactPolicy.Mode.OPEN, ContactPolicy.Mode.OPEN, List.of()));
    ada = endpoints.own(agent.id(), EmailAddress.parse(fresh("ada") + "@example.org"), null);
  }

  @Test
  void listIsNewestFirstAndFiltered() {
    UUID first = accepted();
    UUID second = accepted();
    UUID third = accepted();
    outbox.cancel(new StoredMessageId(second));

    assertThat(ids(filter(null, null))).containsExactly(third, second, first);
    assertThat(ids(filter(MessageStatus.CANCELLED, null))).containsExactly(second);
    assertThat(ids(filter(null, third))).containsExactly(second, first);
    assertThat(
            ids(
                new OutboxFilter(
                    new OrganizationId(organization),
                    null,
                    null,
                    clock.instant().plus(Duration.ofHours(1)),
                    null,
                    10)))
        .isEmpty();
    assertThat(ids(new OutboxFilter(new OrganizationId("another"), null, null, null, null, 10)))
        .isEmpty();
  }

  @Test
  void cancelledMessageHasNothingLeftToDo() {
    UUID message = accepted();

    assertThat(outbox.cancel(new StoredMessageId(message))).isTrue();

    OutboundDetails story = story(message);
    assertThat(story.status()).isEqualTo(MessageStatus.CANCELLED);
    assertThat(story.dueAt()).isNull();
    assertThat(story.recipients())
        .extracting(OutboundDetails.Recipient::status)
        .containsOnly(RecipientStatus.CANCELLED);
    assertThat(story.attempts())
        .singleElement()
        .satisfies(
            attempt -> {
              assertThat(attempt.status()).isEqualTo("FAILED");
              assertThat(attempt.outcome()).isEqualTo("cancelled");
            });
    assertThatThrownBy(() -> outbox.cancel(new StoredMessageId(message)))
        .isInstanceOf(DeliveryConflict.class);
  }

  @Test
  void cancelledMessageIsToldToThePlatform() throws Exception {
    UUID message = accepted();

    outbox.cancel(new StoredMessageId(message));

    Map<String, Object> event =
        jdbc.sql("SELECT type, body::text AS body FROM event WHERE message_id = :id")
            .param("id", message)
            .query()
            .singleRow();
    assertThat(event.get("type")).isEqualTo("message.cancelled");
    JsonNode body = JSON.readTree(String.valueOf(event.get("body")));
    assertThat(body.path("status").asText()).isEqualTo("cancelled");
    assertThat(body.path("recipients")).isNotEmpty();
    assertThat(body.at("/recipients/0/status").asText()).isEqualTo("cancelled");
    assertThat(body.path("attemptId").asText())
        .isEqualTo(story(message).attempts().get(0).id().toString());
  }

  @Test
  void claimedMessageIsNotCancelled() {
    UUID message = accepted();
    claim(message);

    assertThatThrownBy(() -> outbox.cancel(new StoredMessageId(message)))
        .isInstanceOf(DeliveryConflict.class)
        .hasMessageContaining("being sent");

    assertThat(story(message).status()).isEqualTo(MessageStatus.QUEUED);
    assertThat(story(message).dueAt()).isNotNull();
  }

  @Test
  void recipientsThatWereReachedStaySent() {
    UUID message = accepted();
    recipient(message, "ben@x.test", "sent");

    outbox.cancel(new StoredMessageId(message));

    assertThat(story(message).status()).isEqualTo(MessageStatus.SENT);
  }

  @Test
  void heldMessageIsReleasedForAnotherTry() {
    UUID message = accepted();
    jdbc.sql("UPDATE outbound_delivery SET held_reason = 'unknown' WHERE message_id = :id")
        .param("id", message)
        .update();
    jdbc.sql(
            "UPDATE outbound_message_attempt SET status = 'FAILED', outcome = 'unknown' WHERE"
                + " message_id = :id")
        .param("id", message)
        .update();
    recipient(message, "ben@x.test", "held");
    recipient(message, "cleo@x.test", "held");

    assertThat(outbox.release(new StoredMessageId(message))).isTrue();

    OutboundDetails story = story(message);
    assertThat(story.status()).isEqualTo(MessageStatus.QUEUED);
    assertThat(story.heldReason()).isNull();
    assertThat(story.attempts())
        .extracting(attempt -> attempt.tryNumber() + " " + attempt.status())
        .containsExactly("1 FAILED", "2 QUEUED");
    assertThat(
            jdbc.sql("SELECT attempt_id FROM outbound_delivery WHERE message_id = :id")
                .param("id", message)
                .query(UUID.class)
                .single())
        .isEqualTo(story.attempts().get(1).id().value());
    assertThatThrownBy(() -> outbox.release(new StoredMessageId(message)))
        .isInstanceOf(DeliveryConflict.class);
  }

  @Test
  void releasedMessageHasAllOfItsTriesAgain() {
    UUID message = accepted();
    jdbc.sql(
            """
            UPDATE outbound_delivery SET held_reason = 'unknown', tries = 7, first_try_at = now() - interval '4 days'
            WHERE message_id = :id
            """)
        .param("id", message)
        .update();
    recipient(message, "ben@x.test", "held");

    outbox.release(new StoredMessageId(message));

    assertThat(
            jdbc.sql("SELECT tries, first_try_at FROM outbound_delivery WHERE message_id = :id")
                .param("id", message)
                .query()
                .singleRow())
        .containsEntry("tries", 0)
        .containsEntry("first_try_at", null);
  }

  @Test
  void failedMessageIsSentAgainToThoseItDidNotReach() {
    UUID message = accepted();
    assertThatThrownBy(() -> outbox.resend(new StoredMessageId(message)))
        .isInstanceOf(DeliveryConflict.class);
    jdbc.sql("DELETE FROM outbound_delivery WHERE message_id = :id").param("id", message).update();
    jdbc.sql("UPDATE outbound_message_attempt SET status = 'SENT' WHERE message_id = :id")
        .param("id", message)
        .update();
    recipient(message, "ben@x.test", "sent");
    assertThatThrownBy(() -> outbox.resend(new StoredMessageId(message)))
        .isInstanceOf(DeliveryConflict.class);
    recipient(message, "cleo@x.test", "failed");

    assertThat(outbox.resend(new StoredMessageId(message))).isTrue();

    OutboundDetails story = story(message);
    assertThat(story.dueAt()).isNotNull();
    assertThat(story.recipients())
        .extracting(OutboundDetails.Recipient::status)
        .containsExactly(RecipientStatus.SENT, RecipientStatus.QUEUED);
    assertThat(story.attempts()).hasSize(2);
  }

  @Test
  void unknownMessageIsNone() {
    assertThat(outbox.cancel(new StoredMessageId(Ids.next()))).isFalse();
    assertThat(outbox.release(new StoredMessageId(Ids.next()))).isFalse();
    assertThat(outbox.resend(new StoredMessageId(Ids.next()))).isFalse();
    assertThat(outbox.story(new StoredMessageId(Ids.next()))).isEmpty();
  }

  private UUID accepted() {
    Map<String, @Nullable Object> fields =
        SubmissionFixtures.with("to", List.of("ben@x.test", "cleo@x.test"));
    fields.put("from", ada.address().value());
    return submissions
        .accept(SubmissionSource.everyOrganization(), reader.read(SubmissionFixtures.json(fields)))
        .messageId()
        .value();
  }

  private OutboundDetails story(UUID message) {
    return outbox.story(new StoredMessageId(message)).orElseThrow();
  }

  private void claim(UUID message) {
    jdbc.sql(
            """
            UPDATE outbound_delivery SET claim_token = gen_random_uuid(), claimed_until = now() + interval '1 minute'
            WHERE message_id = :id
            """)
        .param("id", message)
        .update();
  }

  private void recipient(UUID message, String address, String status) {
    jdbc.sql(
            "UPDATE message_recipient SET status = :status WHERE message_id = :id AND address ="
                + " :address")
        .param("id", message)
        .param("address", address)
        .param("status", status)
        .update();
  }

  private OutboxFilter filter(@Nullable MessageStatus status, @Nullable UUID before) {
    return new OutboxFilter(new OrganizationId(organization), null, status, null, before, 10);
  }

  private List<UUID> ids(OutboxFilter filter) {
    return outbox.list(filter).stream().map(one -> one.messageId().value()).toList();
  }
}
