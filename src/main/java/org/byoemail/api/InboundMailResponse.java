package org.byoemail.api;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.UUID;
import org.byoemail.inbound.ingest.InboxEntry;
import org.jspecify.annotations.Nullable;

/**
 * A mail that became no message: a report, refused, known already, or quarantined.
 *
 * @param message the message that it became when it was tried again
 * @param headerOnly whether no more than its header is kept, so that a retry fetches it
 * @param refetchAt since when it waits to be fetched once more
 */
@Schema(name = "InboundMail")
record InboundMailResponse(
    UUID id,
    String direction,
    UUID account,
    @Nullable String from,
    @Nullable String subject,
    String status,
    @Nullable String reason,
    String authentication,
    @Nullable String autoSubmitted,
    @Nullable String kind,
    long size,
    @Nullable UUID message,
    boolean hasRaw,
    boolean headerOnly,
    @Nullable Instant refetchAt,
    @Nullable Instant receivedAt,
    Instant createdAt) {

  static InboundMailResponse of(InboxEntry item) {
    return new InboundMailResponse(
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
        item.message(),
        item.raw() != null,
        item.headerOnly(),
        item.refetchAt(),
        item.receivedAt(),
        item.createdAt());
  }
}
