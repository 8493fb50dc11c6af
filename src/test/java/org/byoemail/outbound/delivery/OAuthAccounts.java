package org.byoemail.outbound.delivery;

import java.time.Duration;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountSettings;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.ContactPolicy;
import org.byoemail.account.registry.Endpoints;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.springframework.stereotype.Component;

/** Accounts that sign in by OAuth 2.0, without a grant yet. */
@Component
public class OAuthAccounts {
  private final Agents agents;
  private final Endpoints endpoints;
  private final Accounts accounts;

  OAuthAccounts(Agents agents, Endpoints endpoints, Accounts accounts) {
    this.agents = agents;
    this.endpoints = endpoints;
    this.accounts = accounts;
  }

  /** One that sends by a server on loopback with STARTTLS, enabled. */
  public Account sending(String user, int port) {
    return at("localhost", user, port);
  }

  /** One that receives from a server on loopback with TLS. */
  public Account receiving(String user, int port) {
    Agent agent = agents.create(new OrganizationId("acme"), "Ada", ContactPolicy.standard());
    ServerSettings imap =
        new ServerSettings(
            "localhost", port, ServerSettings.Security.SSL, ServerSettings.Auth.OAUTH2, user, null);
    return accounts.create(
        AccountId.next(),
        endpoints.own(agent.id(), EmailAddress.parse(user), "Ada"),
        new AccountSettings(null, null, imap, "INBOX", Duration.ofSeconds(120), true));
  }

  /** The same for any host. */
  public Account at(String host, String user, int port) {
    Agent agent = agents.create(new OrganizationId("acme"), "Ada", ContactPolicy.standard());
    AccountId id = AccountId.next();
    ServerSettings smtp =
        new ServerSettings(
            host, port, ServerSettings.Security.STARTTLS, ServerSettings.Auth.OAUTH2, user, null);
    String address = host.equals("localhost") ? user : "moved-" + user;
    Account account =
        accounts.create(
            id,
            endpoints.own(agent.id(), EmailAddress.parse(address), "Ada"),
            new AccountSettings(null, smtp, null, "INBOX", Duration.ofSeconds(120), true));
    accounts.verified(account, Protocol.SMTP);
    return accounts.enable(id, Protocol.SMTP, true).orElseThrow();
  }
}
