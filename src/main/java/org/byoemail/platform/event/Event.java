package org.byoemail.platform.event;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event, delivered to the platform at least once.
 *
 * @param id the same if it is delivered twice
 * @param position its place in the order of all events, given after its transaction committed
 * @param sequence its place among the events of its message, from 1
 */
public record Event(
    UUID id,
    long position,
    String organization,
    String type,
    @Nullable UUID messageId,
    @Nullable UUID accountId,
    int sequence,
    JsonNode data,
    Instant createdAt) {}
