package org.byoemail.embedded;

import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.ContactPolicy;
import org.byoemail.account.registry.Protocol;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.operations.setup.AccountDraft;
import org.byoemail.operations.setup.AccountSetup;
import org.byoemail.operations.setup.AccountSwitches;
import org.byoemail.operations.setup.AgentDraft;
import org.byoemail.operations.setup.AgentSetup;
import org.byoemail.operations.setup.ServerDraft;

/** The agents of the demo, each with a mailbox at the demo provider. */
class DemoAccounts {
  static final OrganizationId ORGANIZATION = new OrganizationId("demo");

  private final DemoProvider provider;
  private final Agents agents;
  private final AgentSetup agentSetup;
  private final AccountSetup accountSetup;
  private final AccountSwitches switches;

  DemoAccounts(
      DemoProvider provider,
      Agents agents,
      AgentSetup agentSetup,
      AccountSetup accountSetup,
      AccountSwitches switches) {
    this.provider = provider;
    this.agents = agents;
    this.agentSetup = agentSetup;
    this.accountSetup = accountSetup;
    this.switches = switches;
  }

  /**
   * Creates and enables them.
   *
   * @return false if there are agents already: nothing was done
   */
  boolean create() {
    if (!agents.list(null, null, 1).isEmpty()) {
      return false;
    }
    provider.users().forEach(this::account);
    return true;
  }

  private void account(DemoProvider.User user) {
    Agent agent =
        agentSetup.create(
            ORGANIZATION,
            new AgentDraft(
                name(user), null, ContactPolicy.Mode.OPEN.word(), null, null, null, null, null));
    Account account =
        accountSetup
            .create(
                agent,
                user.address(),
                new AccountDraft(
                    name(user),
                    server(user, provider.smtpPort()),
                    server(user, provider.imapPort())))
            .account();
    for (Protocol protocol : Protocol.values()) {
      switches.test(account, protocol);
    }
    Account tested = accountSetup.find(account.id()).orElseThrow().account();
    accountSetup.change(tested, null, true, true);
  }

  private ServerDraft server(DemoProvider.User user, int port) {
    return new ServerDraft(provider.host(), port, "none", "plain", user.address(), user.password());
  }

  private static String name(DemoProvider.User user) {
    String local = user.address().substring(0, user.address().indexOf('@'));
    return Character.toUpperCase(local.charAt(0)) + local.substring(1);
  }
}
