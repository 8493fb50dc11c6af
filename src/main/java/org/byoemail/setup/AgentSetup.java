package org.byoemail.setup;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.ContactPolicy;
import org.byoemail.format.mail.AgentId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Creates, changes and deletes agents. Safe for use by many threads. */
@Service
public class AgentSetup {
  /** The organisation of callers who do not name one. */
  public static final String DEFAULT_ORGANIZATION = "default";

  private static final int MAX_NAME = 200;
  private static final int MAX_ORGANIZATION = 100;
  private static final int MAX_CONTACTS = 10_000;

  private final Agents agents;
  private final Accounts accounts;

  AgentSetup(Agents agents, Accounts accounts) {
    this.agents = agents;
    this.accounts = accounts;
  }

  /**
   * Creates an agent.
   *
   * @throws FieldsRefused naming what is wrong
   */
  public Agent create(@Nullable String organization, AgentDraft draft) {
    FieldChecks checks = new FieldChecks();
    String owner =
        checks.line(
            "organization",
            organization == null ? DEFAULT_ORGANIZATION : organization,
            MAX_ORGANIZATION);
    String name = checks.line("name", draft.name(), MAX_NAME);
    ContactPolicy policy = policy(checks, draft);
    checks.done();
    return agents.create(owner, name, policy);
  }

  /**
   * Changes name and contact policy; empty if there is no such agent.
   *
   * @throws FieldsRefused naming what is wrong
   */
  public Optional<Agent> change(AgentId id, AgentDraft draft) {
    FieldChecks checks = new FieldChecks();
    String name = checks.line("name", draft.name(), MAX_NAME);
    ContactPolicy policy = policy(checks, draft);
    checks.done();
    return agents.update(id, name, policy) ? agents.find(id) : Optional.empty();
  }

  /**
   * Deletes an agent; its messages stay. False if there is no such agent.
   *
   * @throws SetupConflict while it has an account
   */
  @Transactional
  public boolean delete(AgentId id) {
    if (!accounts.ofAgent(id).isEmpty()) {
      throw new SetupConflict("the agent has an account: delete that first");
    }
    return agents.delete(id);
  }

  private static ContactPolicy policy(FieldChecks checks, AgentDraft draft) {
    ContactPolicy standard = ContactPolicy.standard();
    ContactPolicy.Mode inbound =
        mode(checks, "contactPolicy.inbound", draft.inbound(), standard.inbound());
    ContactPolicy.Mode outbound =
        mode(checks, "contactPolicy.outbound", draft.outbound(), standard.outbound());
    List<@Nullable String> contacts = draft.contacts() == null ? List.of() : draft.contacts();
    if (contacts.size() > MAX_CONTACTS) {
      checks.refuse("contactPolicy.contacts", "must have at most " + MAX_CONTACTS + " entries");
      return standard;
    }
    List<String> valid = new ArrayList<>();
    for (int i = 0; i < contacts.size(); i++) {
      String contact = contacts.get(i) == null ? "" : contacts.get(i);
      ContactPolicy sole =
          checks.read(
              "contactPolicy.contacts[" + i + "]",
              () -> new ContactPolicy(inbound, outbound, List.of(contact)));
      valid.addAll(sole == null ? List.of() : sole.contacts());
    }
    return new ContactPolicy(
        inbound, outbound, valid, !Boolean.FALSE.equals(draft.requireAuthentication()));
  }

  private static ContactPolicy.Mode mode(
      FieldChecks checks, String field, @Nullable String word, ContactPolicy.Mode defaultMode) {
    ContactPolicy.Mode mode =
        word == null ? defaultMode : checks.read(field, () -> ContactPolicy.Mode.of(word));
    return mode == null ? defaultMode : mode;
  }
}
