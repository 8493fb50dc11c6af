package org.byoemail.inbound.ingest;

import java.time.Instant;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.jspecify.annotations.Nullable;

/**
 * Which mails are listed; null means all.
 *
 * @param since taken in at that time or later
 * @param before the id after which the page starts, towards older mail
 */
public record InboxFilter(
    @Nullable String organization,
    @Nullable AccountId account,
    @Nullable InboundStatus status,
    @Nullable Instant since,
    @Nullable UUID before) {}
