package org.byoemail.operations.retention;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What was done to erase an address of an organisation; the counts grow until it is finished.
 *
 * @param addressSha256 of the address in lower case, in hexadecimal: what is left of it
 * @param stage messages, mails, events, rest or done
 * @param messages that it sent or received, deleted with all that belongs to them
 * @param beingSent messages to it that were being sent at that moment, and are left
 * @param mails other inbound mails of it, of which places and fingerprints are left
 */
public record Erasure(
    UUID id,
    String organization,
    String addressSha256,
    String stage,
    Instant requestedAt,
    @Nullable Instant finishedAt,
    int messages,
    int beingSent,
    int mails,
    int bounces,
    int events,
    int suppressions,
    int rejected) {}
