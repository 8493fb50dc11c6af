package org.byoemail.outbound.submission;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mail.NamedAddress;
import org.jspecify.annotations.Nullable;

/**
 * One outbound email as its producer handed it in, in the form that the contract (the JSON Schema
 * {@code schema/submission.schema.json}) allows. Made by {@link SubmissionReader}; immutable.
 *
 * @param id the producer's own, by which a second one is recognised; null: one is made
 * @param from the address of an agent's endpoint, or the id of the endpoint
 * @param fromName its display name; empty: the account's or the endpoint's
 * @param text the plain part
 * @param html the HTML part; null for plain text alone
 * @param inReplyTo our id of the message that it answers
 * @param headers further header fields, all allowed
 * @param sendAt when it is to leave; null: now
 * @param expiresAt when it stops waiting, whatever it waits for; null: after the usual time
 * @param priority from -9 to 9; higher ones leave first
 * @param autoSubmitted whether it is marked as made without a person (RFC 3834)
 * @param listUnsubscribe whether its recipient is offered to unsubscribe (RFC 8058)
 * @param requestDeliveryReport whether a success report is requested (RFC 3461)
 * @param metadata the producer's own, echoed in events
 * @param digest the SHA-256 of its JSON in a canonical form, in hex
 */
public record Submission(
    @Nullable String id,
    String from,
    String fromName,
    List<NamedAddress> to,
    List<NamedAddress> cc,
    List<NamedAddress> bcc,
    @Nullable NamedAddress replyTo,
    String subject,
    String text,
    @Nullable String html,
    @Nullable UUID inReplyTo,
    List<HeaderField> headers,
    List<SubmittedFile> attachments,
    @Nullable Instant sendAt,
    @Nullable Instant expiresAt,
    int priority,
    boolean autoSubmitted,
    boolean listUnsubscribe,
    boolean requestDeliveryReport,
    Map<String, Object> metadata,
    String digest) {

  /** The same with an id. */
  public Submission withId(String other) {
    return copy(other, metadata);
  }

  /** The same with other metadata; its digest remains the digest of what was handed in. */
  Submission withMetadata(Map<String, Object> other) {
    return copy(id, other);
  }

  private Submission copy(String otherId, Map<String, Object> otherMetadata) {
    return new Submission(
        otherId,
        from,
        fromName,
        to,
        cc,
        bcc,
        replyTo,
        subject,
        text,
        html,
        inReplyTo,
        headers,
        attachments,
        sendAt,
        expiresAt,
        priority,
        autoSubmitted,
        listUnsubscribe,
        requestDeliveryReport,
        otherMetadata,
        digest);
  }

  /** Without body and recipients, which must not be logged. */
  @Override
  public String toString() {
    return "Submission[" + id + "]";
  }
}
