package org.byoemail.outbound.submission;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who handed a submission in, for its dossier.
 *
 * @param kind {@code key}, {@code user}, {@code queue}, {@code dead-letter} or {@code test-mail}
 * @param id of the API key or the test mail; null if it has none
 * @param name of the key, or of the broker's user; {@code operator} for keys and people of the
 *     operator; null if it has none
 */
public record SubmittedBy(String kind, @Nullable UUID id, @Nullable String name) {
  /** The id of the API key; null if it was none. */
  @Nullable UUID key() {
    return kind.equals("key") ? id : null;
  }
}
