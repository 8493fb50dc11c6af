package org.byoemail.platform.event;

import java.util.Set;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.jspecify.annotations.Nullable;

/**
 * Which events to read.
 *
 * @param organization null for all
 * @param scope whose account or agent is the event's, or the agent its message's; null for all
 * @param types the names of types; empty for all
 * @param agent the agent of the event's account or message; null for all
 * @param account null for all
 */
public record EventFilter(
    @Nullable OrganizationId organization,
    @Nullable Scope scope,
    Set<String> types,
    @Nullable UUID agent,
    @Nullable UUID account) {

  /** A copy of the set is kept. */
  public EventFilter {
    types = Set.copyOf(types);
  }

  /** All events of an organisation; of all organisations if it is null. */
  public static EventFilter of(@Nullable OrganizationId organization) {
    return new EventFilter(organization, null, Set.of(), null, null);
  }

  boolean isOfOrganizationOnly() {
    return scope == null && types.isEmpty() && agent == null && account == null;
  }
}
