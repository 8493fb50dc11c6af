package org.byoemail.mailbox;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A mail that was recorded before, was put aside, and is to be dealt with once more.
 *
 * @param record the id of the row that records it
 * @param size in bytes, as the server said
 * @param receivedAt when it arrived, as the server said
 */
public record Kept(
    UUID record,
    UUID mailbox,
    long uidValidity,
    int epoch,
    long uid,
    long size,
    @Nullable Instant receivedAt) {}
