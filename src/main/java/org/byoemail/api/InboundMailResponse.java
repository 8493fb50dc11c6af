package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.UUID;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.inbound.ingest.InboxEntry;
import org.jspecify.annotations.Nullable;

/**
 * An inbound mail that did not become a message: a report, a refused mail, a duplicate, or one in
 * quarantine.
 *
 * @param type what distinguishes it from a message
 * @param message the message that it became by a retry
 * @param headerOnly whether only the header is stored, so that a retry fetches the mail again
 * @param refetchAt since when the mail waits to be fetched again
 */
@Schema(name = "InboundMail")
record InboundMailResponse(
    @Schema(allowableValues = InboundMailResponse.TYPE) String type,
    UUID id,
    @Schema(allowableValues = "inbound") String direction,
    UUID account,
    @Nullable String from,
    @Nullable String subject,
    @Schema(allowableValues = {"ingested", "report", "refused", "duplicate", "quarantined", "held"})
        String status,
    @Nullable String reason,
    @Schema(allowableValues = {"pass", "fail", "none"}) String authentication,
    @Nullable String autoSubmitted,
    @Nullable String kind,
    long size,
    @Nullable UUID message,
    boolean hasRaw,
    boolean headerOnly,
    @Nullable Instant refetchAt,
    @Nullable Instant receivedAt,
    Instant createdAt)
    implements MessageResponse {
  static final String TYPE = "inbound_mail";

  static InboundMailResponse of(InboxEntry item) {
    return new InboundMailResponse(
        TYPE,
        item.id(),
        "inbound",
        item.account().value(),
        item.sender(),
        item.subject(),
        item.status().word(),
        item.reason(),
        item.authentication().word(),
        item.autoSubmitted(),
        item.kind(),
        item.size(),
        StoredMessageId.valueOrNull(item.message()),
        item.raw() != null,
        item.headerOnly(),
        item.refetchAt(),
        item.receivedAt(),
        item.createdAt());
  }
}
