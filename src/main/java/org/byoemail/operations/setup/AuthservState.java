package org.byoemail.operations.setup;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.byoemail.account.receiving.AuthservCandidate;
import org.jspecify.annotations.Nullable;

/**
 * Whose Authentication-Results are trusted in mail of an account, and what was learnt.
 *
 * @param source null: none are
 * @param ids the authserv-ids that are trusted; empty, too, where the server writes none and its
 *     topmost field counts
 * @param since when a person decided; null: no person did
 * @param candidates what was learnt, the most evidence first
 */
public record AuthservState(
    @Nullable Source source,
    List<String> ids,
    @Nullable Instant since,
    List<AuthservCandidate> candidates) {
  /** Who named the server. */
  public enum Source {
    /** The provider's data, or the setting {@code byo.inbound.authentication-servers}. */
    KNOWN,
    /** Learnt, proved, and confirmed by a person. */
    CONFIRMED,
    /** Set by a person without proof. */
    SET;

    /** The word of the API. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public AuthservState {
    ids = List.copyOf(ids);
    candidates = List.copyOf(candidates);
  }
}
