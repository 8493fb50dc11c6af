package org.byoemail.format.mail;

import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The agents and accounts that something is limited to: a caller, a list, a submission. What has
 * one of the agents or one of the accounts is within it. Immutable.
 *
 * @param agents the ids of agents
 * @param accounts the ids of accounts, including the agents' accounts
 */
public record Scope(Set<UUID> agents, Set<UUID> accounts) {

  /** Copies of the sets are kept. */
  public Scope {
    agents = Set.copyOf(agents);
    accounts = Set.copyOf(accounts);
  }

  /** The agents as a parameter of a statement; null if there is no limit. */
  public static UUID @Nullable [] agents(@Nullable Scope scope) {
    return scope == null ? null : scope.agents().toArray(UUID[]::new);
  }

  /** The accounts as a parameter of a statement; null if there is no limit. */
  public static UUID @Nullable [] accounts(@Nullable Scope scope) {
    return scope == null ? null : scope.accounts().toArray(UUID[]::new);
  }
}
