package org.byoemail.account.registry;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a mailbox is read.
 *
 * @param afterIngest null: as {@code byo.inbound.mark-seen} says
 * @param moveTo the folder that mail is moved to; null if it is not moved
 * @param backfillSince mail that has arrived since then is ingested although it was there before
 *     the account; null: reading starts at the end of the folder
 */
public record InboundOptions(
    @Nullable AfterIngest afterIngest, @Nullable String moveTo, @Nullable Instant backfillSince) {
  /** The defaults. */
  public static final InboundOptions DEFAULT = new InboundOptions(null, null, null);

  public InboundOptions {
    if ((afterIngest == AfterIngest.MOVE) != (moveTo != null)) {
      throw new IllegalArgumentException("is needed where afterIngest is move, and only there");
    }
    if (moveTo != null
        && (moveTo.isBlank()
            || moveTo.length() > 500
            || moveTo.chars().anyMatch(Character::isISOControl))) {
      throw new IllegalArgumentException("must be the name of a mail folder");
    }
  }
}
