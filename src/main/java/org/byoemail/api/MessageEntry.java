package org.byoemail.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.inbound.ingest.InboundStatus;
import org.byoemail.inbound.ingest.InboxEntry;
import org.byoemail.outbound.delivery.MessageStatus;
import org.byoemail.outbound.outbox.OutboxEntry;
import org.byoemail.platform.search.SearchHit;
import org.jspecify.annotations.Nullable;

/**
 * An item of the list of messages.
 *
 * @param id of the message, or of an inbound mail that did not become a message
 * @param account of an inbound mail, or the present one of the sender's address
 * @param conversationId null of an inbound mail that did not become a message
 * @param to of an inbound mail the first 100 addresses
 * @param error of the last failed attempt, or why an inbound mail did not become a message
 * @param verdict of the sender of an inbound mail: authentic, forged, unproven or undecided
 * @param possibleDuplicate whether an inbound mail may have been ingested before
 * @param afterRestore whether an inbound mail was received before the database was restored and
 *     ingested after
 * @param snippet of a search: pieces of the text, in which what was searched for is between « and »
 */
@Schema(name = "MessageEntry")
record MessageEntry(
    UUID id,
    @Schema(allowableValues = {"inbound", "outbound"}) String direction,
    String organization,
    @Nullable UUID account,
    @Nullable String submissionId,
    @Nullable UUID conversationId,
    @Nullable String from,
    List<String> to,
    @Nullable String subject,
    @EnumWords({MessageStatus.class, InboundStatus.class}) String status,
    Instant createdAt,
    @Nullable Instant dueAt,
    @Nullable String heldReason,
    @Nullable String error,
    @Nullable String authentication,
    @Nullable String verdict,
    @Nullable String autoSubmitted,
    @Nullable Boolean possibleDuplicate,
    @Nullable Boolean afterRestore,
    List<String> labels,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String snippet) {

  static MessageEntry of(InboxEntry item) {
    return new MessageEntry(
        item.message() == null ? item.id() : item.message().value(),
        "inbound",
        item.organization().value(),
        item.account().value(),
        null,
        ConversationId.valueOrNull(item.conversation()),
        item.sender(),
        item.to(),
        item.subject(),
        item.status().word(),
        item.createdAt(),
        null,
        null,
        item.reason(),
        item.authentication().word(),
        item.judged() == null ? null : item.judged().verdict(),
        item.autoSubmitted(),
        item.possibleDuplicate(),
        item.afterRestore(),
        List.of(),
        null);
  }

  static MessageEntry of(SearchHit hit) {
    return new MessageEntry(
        hit.id(),
        hit.direction(),
        hit.organization().value(),
        hit.account(),
        hit.submissionId(),
        hit.conversation(),
        hit.from(),
        hit.to(),
        hit.subject(),
        hit.status(),
        hit.createdAt(),
        null,
        null,
        null,
        null,
        hit.verdict(),
        null,
        null,
        null,
        List.of(),
        hit.snippet());
  }

  static MessageEntry of(OutboxEntry entry) {
    return new MessageEntry(
        entry.messageId().value(),
        "outbound",
        entry.organization().value(),
        entry.account(),
        entry.submissionId(),
        entry.conversation().value(),
        entry.from(),
        entry.to(),
        entry.subject(),
        entry.status().word(),
        entry.acceptedAt(),
        entry.dueAt(),
        entry.heldReason(),
        entry.error(),
        null,
        null,
        null,
        null,
        null,
        List.of(),
        null);
  }

  MessageEntry with(List<String> others) {
    return new MessageEntry(
        id,
        direction,
        organization,
        account,
        submissionId,
        conversationId,
        from,
        to,
        subject,
        status,
        createdAt,
        dueAt,
        heldReason,
        error,
        authentication,
        verdict,
        autoSubmitted,
        possibleDuplicate,
        afterRestore,
        others,
        snippet);
  }
}
