package org.byoemail.operations.setup;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.AutomaticMailRule;
import org.byoemail.account.registry.ContactPolicy;
import org.byoemail.account.registry.ContactPolicy.Unproven;
import org.byoemail.account.registry.FindingAction;
import org.byoemail.account.registry.SendingPolicies;
import org.byoemail.account.registry.SendingPolicy;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.inbound.ingest.HeldCorrespondents;
import org.byoemail.inbound.ingest.Screening;
import org.byoemail.platform.audit.AuditLog;
import org.byoemail.platform.audit.ChangedFields;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Creates, changes and deletes agents. Safe for use by many threads. */
@Service
public class AgentSetup {
  /** The organisation of callers who do not name one. */
  public static final OrganizationId DEFAULT_ORGANIZATION = new OrganizationId("default");

  private static final int MAX_NAME = 200;
  static final int MAX_CONTACTS = ContactPolicy.MAX_CONTACTS;

  private final Agents agents;
  private final Accounts accounts;
  private final HeldCorrespondents held;
  private final SendingPolicies policies;
  private final AuditLog audit;

  AgentSetup(
      Agents agents,
      Accounts accounts,
      HeldCorrespondents held,
      SendingPolicies policies,
      AuditLog audit) {
    this.policies = policies;
    this.held = held;
    this.audit = audit;
    this.agents = agents;
    this.accounts = accounts;
  }

  /**
   * Creates an agent.
   *
   * @throws FieldsRefused naming what is wrong
   */
  @Transactional
  public Agent create(@Nullable OrganizationId organization, AgentDraft draft) {
    FieldChecks checks = new FieldChecks();
    OrganizationId owner =
        organization == null
            ? DEFAULT_ORGANIZATION
            : checks.read("organization", () -> OrganizationId.parse(organization.value()));
    String name = checks.line("name", draft.name(), MAX_NAME);
    String word = draft.kind();
    AgentKind kind = word == null ? null : checks.read("kind", () -> AgentKind.of(word));
    ContactPolicy.Mode inbound = kind == null ? ContactPolicy.standard().inbound() : kind.inbound();
    ContactPolicy policy = policy(checks, draft, inbound, offered(kind, draft.inbound()));
    SendingPolicyDraft asked = draft.sendingPolicy();
    SendingPolicy sending =
        asked == null
            ? (kind == null ? SendingPolicy.NONE : kind.sending()).with(AutomaticMailRule.STANDARD)
            : asked.ofNewAgent(checks);
    checks.done();
    Agent created = agents.create(owner, name, policy, sending);
    record("agent.created", created, Map.of("name", created.name()));
    return created;
  }

  /**
   * Changes name and policies; empty if there is no such agent.
   *
   * @throws FieldsRefused naming what is wrong
   */
  @Transactional
  public Optional<Agent> change(AgentId id, AgentDraft draft) {
    FieldChecks checks = new FieldChecks();
    String name = checks.line("name", draft.name(), MAX_NAME);
    if (draft.kind() != null) {
      checks.refuse("kind", "is for a new agent: set contactPolicy.inbound");
    }
    ContactPolicy policy = policy(checks, draft, ContactPolicy.standard().inbound(), Unproven.HOLD);
    SendingPolicyDraft asked = draft.sendingPolicy();
    Optional<Agent> before = agents.find(id);
    // As it is shown, it stays as it is stored: with words that only a newer release knows.
    SendingPolicy changed =
        asked == null || before.map(agent -> isOf(agent, asked)).orElse(false)
            ? null
            : asked.readOfAgent(checks);
    checks.done();
    if (before.isEmpty() || !agents.update(id, name, policy, changed)) {
      return Optional.empty();
    }
    Optional<Agent> after = agents.find(id);
    after.ifPresent(agent -> recordChange(before.get(), agent));
    return after;
  }

  /**
   * Changes what gates ask of an agent's mail; empty if there is no such agent.
   *
   * @throws FieldsRefused naming what is wrong
   */
  @Transactional
  public Optional<Agent> changeSendingPolicy(AgentId id, SendingPolicyDraft asked) {
    FieldChecks checks = new FieldChecks();
    SendingPolicy changed = asked.readOfAgent(checks);
    checks.done();
    Optional<Agent> before = agents.find(id);
    // As it is shown, it stays as it is stored: with words that only a newer release knows.
    if (before.isEmpty() || isOf(before.get(), asked)) {
      return before;
    }
    agents.setSendingPolicy(id, changed);
    Optional<Agent> after = agents.find(id);
    after.ifPresent(agent -> recordChange(before.get(), agent));
    return after;
  }

  private static boolean isOf(Agent agent, SendingPolicyDraft asked) {
    return asked.equals(SendingPolicyDraft.of(agent.sendingPolicy()));
  }

  /** The sending policy that an organization's agents cannot undercut. */
  public SendingPolicy minimum(OrganizationId organization) {
    return policies.minimum(organization);
  }

  /**
   * Sets the sending policy that an organization's agents cannot undercut.
   *
   * @throws FieldsRefused naming what is wrong
   */
  public void setMinimum(OrganizationId organization, SendingPolicyDraft draft) {
    policies.set(organization, draft.policy());
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
    Optional<Agent> agent = agents.find(id);
    boolean deleted = agents.delete(id);
    if (deleted) {
      agent.ifPresent(gone -> record("agent.deleted", gone, Map.of("name", gone.name())));
    }
    return deleted;
  }

  /**
   * Accepts mail again from a correspondent whose mail was held because of a mail loop.
   *
   * @return false if it is not held
   */
  @Transactional
  public boolean lift(Agent agent, EmailAddress correspondent) {
    boolean lifted = held.lift(agent.id(), correspondent);
    if (lifted) {
      record("agent.held_correspondent_lifted", agent, Map.of("address", correspondent.value()));
    }
    return lifted;
  }

  // Not the contacts themselves: up to 10,000 addresses of people.
  private void recordChange(Agent before, Agent after) {
    ContactPolicy old = before.contactPolicy();
    ContactPolicy now = after.contactPolicy();
    ChangedFields fields =
        new ChangedFields()
            .compare("name", before.name(), after.name())
            .compare("contactPolicy.inbound", old.inbound().word(), now.inbound().word())
            .compare("contactPolicy.outbound", old.outbound().word(), now.outbound().word())
            .compareUnseen("contactPolicy.contacts", old.contacts(), now.contacts())
            .compare(
                "contactPolicy.requireAuthentication",
                old.requireAuthentication(),
                now.requireAuthentication())
            .compare(
                "sendingPolicy",
                before.sendingPolicy().toString(),
                after.sendingPolicy().toString())
            .compare("contactPolicy.unproven", old.unproven().word(), now.unproven().word())
            .compare(
                "contactPolicy.findings", old.findings().toString(), now.findings().toString());
    if (!fields.isEmpty()) {
      record("agent.changed", after, fields.details());
    }
  }

  private void record(String action, Agent agent, Map<String, ?> details) {
    audit.record(action, agent.id().value(), agent.organization(), details);
  }

  /** The kind's default belongs to its inbound policy. */
  private static Unproven offered(@Nullable AgentKind kind, @Nullable String inbound) {
    boolean itsOwn = kind != null && (inbound == null || inbound.equals(kind.inbound().word()));
    return itsOwn ? kind.unproven() : Unproven.HOLD;
  }

  private static ContactPolicy policy(
      FieldChecks checks, AgentDraft draft, ContactPolicy.Mode standardInbound, Unproven offered) {
    ContactPolicy standard = ContactPolicy.standard();
    ContactPolicy.Mode inbound =
        mode(checks, "contactPolicy.inbound", draft.inbound(), standardInbound);
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
    boolean required = !Boolean.FALSE.equals(draft.requireAuthentication());
    Unproven standardUnproven = required ? offered : Unproven.ADMIT;
    String word = draft.unproven();
    Unproven unproven =
        word == null
            ? standardUnproven
            : checks.read("contactPolicy.unproven", () -> Unproven.of(word));
    return new ContactPolicy(
        inbound,
        outbound,
        valid,
        required,
        unproven == null ? standardUnproven : unproven,
        findings(checks, draft.findings()));
  }

  private static Map<String, FindingAction> findings(
      FieldChecks checks, @Nullable Map<String, @Nullable String> asked) {
    Map<String, FindingAction> findings = new TreeMap<>();
    if (asked != null) {
      asked.forEach(
          (kind, word) -> {
            if (!Screening.KINDS.contains(kind)) {
              checks.refuse(
                  "contactPolicy.findings", "names no kind of finding: one of " + Screening.KINDS);
              return;
            }
            FindingAction action =
                checks.read(
                    "contactPolicy.findings." + kind,
                    () -> FindingAction.of(word == null ? "" : word));
            if (action != null) {
              findings.put(kind, action);
            }
          });
    }
    return findings;
  }

  private static ContactPolicy.Mode mode(
      FieldChecks checks, String field, @Nullable String word, ContactPolicy.Mode defaultMode) {
    ContactPolicy.Mode mode =
        word == null ? defaultMode : checks.read(field, () -> ContactPolicy.Mode.of(word));
    return mode == null ? defaultMode : mode;
  }
}
