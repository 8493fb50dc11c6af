package org.byoemail.operations.retention;

import java.time.Instant;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;

/**
 * The progress of erasing an address for an organisation.
 *
 * @param addressSha256 SHA-256 of the address in lower case, in hexadecimal; the address itself is
 *     not kept
 * @param stage messages, mails, events, rest or done
 * @param messages deleted messages that the address sent or received, with all of their data
 * @param beingSent messages to the address that were being sent at the time and were not deleted
 * @param mails other inbound mails from the address; their UIDs and fingerprints are kept
 */
public record Erasure(
    UUID id,
    OrganizationId organization,
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
    int rejected,
    int drafts) {}
