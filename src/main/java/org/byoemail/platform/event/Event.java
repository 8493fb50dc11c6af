package org.byoemail.platform.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;

/**
 * An event, delivered to the platform at least once.
 *
 * @param id the same if it is delivered twice
 * @param position its place in the order of all events, given after its transaction committed
 * @param sequence its place among the events of its message, from 1
 * @param traceparent where it is in a trace (W3C Trace Context); null if it is in none
 */
public record Event(
    UUID id,
    long position,
    OrganizationId organization,
    String type,
    @Nullable UUID messageId,
    @Nullable UUID accountId,
    int sequence,
    JsonNode data,
    Instant createdAt,
    @Nullable String traceparent) {
  private static final String LINK = "link";
  private static final String SUBMISSION_ID = "submissionId";

  /**
   * The producer's id of the outbound message that the event is about; null if it is about none, or
   * was recorded by an older release.
   */
  public @Nullable String submissionId() {
    return data.path(SUBMISSION_ID).textValue();
  }

  /**
   * The event without its connect link, which anybody who knows it can use. The link is for those
   * who may create such links: keys of the role operator, and the webhooks that they create. A
   * producer reads the event without it, and so do users of the broker, unless the operator's
   * settings say otherwise.
   */
  public Event withoutConnectLink() {
    if (!type.equals(EventType.ACCOUNT_NEEDS_REAUTHORIZATION.word()) || !data.isObject()) {
      return this;
    }
    ObjectNode without = data.deepCopy();
    without.putNull(LINK);
    return new Event(
        id,
        position,
        organization,
        type,
        messageId,
        accountId,
        sequence,
        without,
        createdAt,
        traceparent);
  }
}
