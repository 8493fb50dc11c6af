package org.byoemail.console;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.byoemail.account.link.ConnectLinks;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Agents;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.operations.retention.Erasures;
import org.byoemail.operations.setup.ContactRequests;
import org.byoemail.outbound.finding.OutgoingRuleRows;
import org.byoemail.platform.access.Caller;
import org.byoemail.webhook.Webhooks;
import org.springframework.stereotype.Component;

/**
 * Finds out which organisation agents, accounts and their parts belong to. Safe for use by many
 * threads.
 */
@Component
class SetupRowAccess implements RowAccess {
  private final Accounts accounts;
  private final Agents agents;
  private final Webhooks webhooks;
  private final ConnectLinks links;
  private final ContactRequests requests;
  private final Erasures erasures;
  private final OutgoingRuleRows rules;

  SetupRowAccess(
      Accounts accounts,
      Agents agents,
      Webhooks webhooks,
      ConnectLinks links,
      ContactRequests requests,
      Erasures erasures,
      OutgoingRuleRows rules) {
    this.accounts = accounts;
    this.agents = agents;
    this.webhooks = webhooks;
    this.links = links;
    this.requests = requests;
    this.erasures = erasures;
    this.rules = rules;
  }

  @Override
  public Map<String, BiPredicate<Caller, UUID>> byPath() {
    Map<String, BiPredicate<Caller, UUID>> rows = new HashMap<>();
    rows.put("accounts", owned(id -> accounts.find(new AccountId(id)).map(a -> a.organization())));
    rows.put("agents", owned(id -> agents.find(new AgentId(id)).map(a -> a.organization())));
    rows.put("webhooks", owned(id -> webhooks.find(id).map(w -> w.organization())));
    rows.put("connect-links", owned(id -> links.find(id).map(l -> l.organization())));
    rows.put("contact-requests", owned(id -> requests.find(id).map(r -> r.organization())));
    rows.put("erasures", owned(id -> erasures.find(id).map(e -> e.organization())));
    rows.put("outgoing-rules", owned(id -> rules.find(id).map(r -> r.organization())));
    // Their own features check the caller.
    rows.put("api-keys", (caller, id) -> true);
    rows.put("people", (caller, id) -> true);
    rows.put("profile", (caller, id) -> true);
    rows.put("reviews", (caller, id) -> true);
    rows.put("reviewers", (caller, id) -> true);
    return rows;
  }

  private static BiPredicate<Caller, UUID> owned(
      Function<UUID, Optional<OrganizationId>> organization) {
    return (caller, id) -> organization.apply(id).filter(caller::sees).isPresent();
  }
}
