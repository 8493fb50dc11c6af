package org.byoemail.operations.setup;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A catch-all domain as it was typed.
 *
 * @param unmatched {@code account} or {@code refuse}; null: account
 */
public record CatchAllDraft(
    @Nullable String domain, @Nullable String unmatched, @Nullable List<@Nullable Rule> rules) {

  /**
   * A rule as it was typed.
   *
   * @param pattern the part before the @, or its beginning and a *
   * @param agent the id of an agent of the same organisation
   */
  public record Rule(@Nullable String pattern, @Nullable String agent) {}
}
