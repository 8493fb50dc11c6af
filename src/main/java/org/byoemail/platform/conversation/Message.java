package org.byoemail.platform.conversation;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.jspecify.annotations.Nullable;

/**
 * A stored email, outbound or inbound.
 *
 * @param endpoint the agent's endpoint that sends or received it
 * @param from the address in From as it was written; of an inbound mail it may be no valid address
 * @param to the addresses in To, as they were written
 * @param metadata the producer's own, echoed in events
 * @param sentDate the Date field
 * @param createdAt when it came in, by the database's clock
 */
public record Message(
    StoredMessageId id,
    OrganizationId organization,
    ConversationId conversation,
    EndpointId endpoint,
    Direction direction,
    String from,
    @Nullable String fromName,
    List<String> to,
    List<String> cc,
    @Nullable String replyTo,
    String subject,
    @Nullable String text,
    @Nullable String html,
    @Nullable MessageId messageId,
    @Nullable MessageId inReplyTo,
    List<MessageId> references,
    List<HeaderField> headers,
    Map<String, Object> metadata,
    @Nullable Instant sentDate,
    Instant createdAt) {

  /** The same with other contents; null: as it is. HTML that is empty is left out. */
  public Message edited(
      @Nullable String otherSubject, @Nullable String otherText, @Nullable String otherHtml) {
    String newHtml = otherHtml == null ? html : otherHtml.isEmpty() ? null : otherHtml;
    return copy(
        otherSubject == null ? subject : otherSubject,
        otherText == null ? text : otherText,
        newHtml);
  }

  Message withoutTexts() {
    return copy(subject, null, null);
  }

  private Message copy(
      String otherSubject, @Nullable String otherText, @Nullable String otherHtml) {
    return new Message(
        id,
        organization,
        conversation,
        endpoint,
        direction,
        from,
        fromName,
        to,
        cc,
        replyTo,
        otherSubject,
        otherText,
        otherHtml,
        messageId,
        inReplyTo,
        references,
        headers,
        metadata,
        sentDate,
        createdAt);
  }

  /** The sender as an address; null if it is none. */
  public @Nullable EmailAddress sender() {
    try {
      return EmailAddress.parse(from);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
