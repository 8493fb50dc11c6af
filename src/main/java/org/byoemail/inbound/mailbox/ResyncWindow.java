package org.byoemail.inbound.mailbox;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was in a folder when it was found numbered anew.
 *
 * @param uidNext what has a lower UID was there
 * @param historyEnds what arrived before, by INTERNALDATE, was never to be taken in; null: all is
 * @param lastDate when the last mail had arrived that was read before; null where none was
 */
public record ResyncWindow(
    long uidNext, @Nullable Instant historyEnds, @Nullable Instant lastDate) {

  /** Whether a mail is history, and not to be taken in. */
  boolean isHistory(FetchedHeader header) {
    Instant arrived = header.receivedAt();
    return header.uid() < uidNext
        && historyEnds != null
        && arrived != null
        && arrived.isBefore(historyEnds);
  }

  /** Whether a mail should have been read before, so that it may be known though not recognised. */
  boolean isDoubtful(FetchedHeader header) {
    Instant arrived = header.receivedAt();
    return header.uid() < uidNext
        && lastDate != null
        && (arrived == null || !arrived.isAfter(lastDate));
  }
}
