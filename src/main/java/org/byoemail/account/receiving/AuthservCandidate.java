package org.byoemail.account.receiving;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An authserv-id that was seen in the mail of an account, with its evidence.
 *
 * @param senders the domains of outside senders in whose mail it was the topmost, the first seen
 *     first; at most {@link AuthservIds#SENDERS}
 * @param probe the latest probe of it; null: none was sent
 */
public record AuthservCandidate(String id, List<Sender> senders, @Nullable Probe probe) {
  /** The domain of a sender. */
  public record Sender(String domain, Instant seenAt) {}

  /**
   * A mail with a forged field of the id.
   *
   * @param sentFrom the address that sent it
   * @param arrivedAt null: not yet
   * @param stripped whether it came out without the field; null: not yet
   * @param error why it was not sent; null: it was
   */
  public record Probe(
      String sentFrom,
      Instant sentAt,
      @Nullable Instant arrivedAt,
      @Nullable Boolean stripped,
      @Nullable String error) {}

  public AuthservCandidate {
    senders = List.copyOf(senders);
  }

  /** When the last of its senders was seen. */
  Instant seenLast() {
    return senders.isEmpty() ? Instant.MIN : senders.get(senders.size() - 1).seenAt();
  }

  /** Whether enough senders were seen, and the receiving server removes forged fields of the id. */
  public boolean isOffered() {
    return senders.size() >= AuthservIds.SENDERS
        && probe != null
        && Boolean.TRUE.equals(probe.stripped());
  }
}
