package org.byoemail.operations.setup;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.byoemail.platform.access.Caller;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads the agents and accounts that a new key is to be bound to. Thread-safe. */
@Component
class KeyBindings {
  private static final int MAX_BOUND = 100;

  private final Agents agents;
  private final Accounts accounts;

  KeyBindings(Agents agents, Accounts accounts) {
    this.agents = agents;
    this.accounts = accounts;
  }

  /**
   * The binding of a new key: what the draft names, or else the binding of the key that makes it.
   *
   * @return null: it is not bound
   */
  @Nullable Scope read(
      Caller caller, @Nullable OrganizationId organization, ApiKeyDraft draft, FieldChecks checks) {
    if (draft.agents() == null && draft.accounts() == null) {
      return caller.scope();
    }
    Owner owner = new Owner(organization);
    Set<UUID> boundAgents =
        ids(
            "agents",
            draft.agents(),
            caller.scope() == null ? null : caller.scope().agents(),
            owner,
            id -> agents.find(new AgentId(id)).map(Agent::organization),
            checks);
    Set<UUID> boundAccounts =
        ids(
            "accounts",
            draft.accounts(),
            caller.scope() == null ? null : caller.scope().accounts(),
            owner,
            id -> accounts.find(new AccountId(id)).map(Account::organization),
            checks);
    if (boundAgents.isEmpty() && boundAccounts.isEmpty() && !checks.hasProblems()) {
      checks.refuse("agents", "must have an entry, unless accounts has one");
    }
    return new Scope(boundAgents, boundAccounts);
  }

  /** The organisation of what a key is bound to; null: it is not bound. */
  @Nullable OrganizationId organization(@Nullable Scope binding) {
    if (binding == null) {
      return null;
    }
    return binding.agents().isEmpty()
        ? accounts
            .find(new AccountId(binding.accounts().iterator().next()))
            .map(Account::organization)
            .orElseThrow()
        : agents
            .find(new AgentId(binding.agents().iterator().next()))
            .map(Agent::organization)
            .orElseThrow();
  }

  /** All that a key is bound to belongs to one organisation: its own, or the first one's. */
  private static final class Owner {
    private @Nullable OrganizationId organization;

    Owner(@Nullable OrganizationId organization) {
      this.organization = organization;
    }

    boolean owns(OrganizationId other) {
      if (organization == null) {
        organization = other;
      }
      return organization.equals(other);
    }
  }

  private static Set<UUID> ids(
      String field,
      @Nullable List<@Nullable UUID> given,
      @Nullable Set<UUID> allowed,
      Owner owner,
      Function<UUID, Optional<OrganizationId>> organizationOf,
      FieldChecks checks) {
    Set<UUID> ids = new HashSet<>();
    if (given == null) {
      return ids;
    }
    if (given.size() > MAX_BOUND) {
      checks.refuse(field, "must have at most " + MAX_BOUND + " entries");
      return ids;
    }
    for (int i = 0; i < given.size(); i++) {
      UUID id = given.get(i);
      if (id != null
          && (allowed == null || allowed.contains(id))
          && organizationOf.apply(id).filter(owner::owns).isPresent()) {
        ids.add(id);
      } else {
        checks.refuse(
            field + "[" + i + "]",
            "is not one of the organization, or not one that your key is bound to");
      }
    }
    return ids;
  }
}
