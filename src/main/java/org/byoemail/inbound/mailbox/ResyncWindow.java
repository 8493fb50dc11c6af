package org.byoemail.inbound.mailbox;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The mails that were in a folder when its UIDVALIDITY was found changed.
 *
 * @param uidNext mails with a lower UID were there
 * @param historyEnds mail that arrived before (INTERNALDATE) was never to be ingested; null: there
 *     is no such bound
 * @param lastDate when the latest mail that was read before had arrived; null if absent
 */
public record ResyncWindow(
    long uidNext, @Nullable Instant historyEnds, @Nullable Instant lastDate) {

  /** Whether a mail is history, and not to be ingested. */
  boolean isHistory(FetchedHeader header) {
    Instant arrived = header.receivedAt();
    return header.uid() < uidNext
        && historyEnds != null
        && arrived != null
        && arrived.isBefore(historyEnds);
  }

  /**
   * Whether a mail should have been read before, so that it may be a duplicate although not
   * recognised.
   */
  boolean isDoubtful(FetchedHeader header) {
    Instant arrived = header.receivedAt();
    return header.uid() < uidNext
        && lastDate != null
        && (arrived == null || !arrived.isAfter(lastDate));
  }
}
