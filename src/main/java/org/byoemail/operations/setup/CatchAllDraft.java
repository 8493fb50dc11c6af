package org.byoemail.operations.setup;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A catch-all domain before validation.
 *
 * @param unmatched {@code account} or {@code refuse}; null: account
 */
public record CatchAllDraft(
    @Nullable String domain, @Nullable String unmatched, @Nullable List<@Nullable Rule> rules) {

  /**
   * A rule before validation.
   *
   * @param pattern the local part, or its prefix and a *
   * @param agent the id of an agent of the same organisation
   */
  public record Rule(@Nullable String pattern, @Nullable String agent) {}
}
