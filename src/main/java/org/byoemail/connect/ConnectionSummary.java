package org.byoemail.connect;

import java.net.URI;
import java.util.Optional;
import org.byoemail.account.oauth.AuthorizationRequest;
import org.byoemail.account.oauth.OAuthProvider;
import org.byoemail.account.oauth.OAuthProviders;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountSettings;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.format.mail.AccountId;
import org.byoemail.platform.access.PublicUrl;
import org.springframework.stereotype.Component;

/**
 * Describes to the owner of a mailbox what a sign-in connects it to. Safe for use by many threads.
 */
@Component
class ConnectionSummary {
  private final Accounts accounts;
  private final Agents agents;
  private final OAuthProviders providers;
  private final PublicUrl publicUrl;

  ConnectionSummary(
      Accounts accounts, Agents agents, OAuthProviders providers, PublicUrl publicUrl) {
    this.accounts = accounts;
    this.agents = agents;
    this.providers = providers;
    this.publicUrl = publicUrl;
  }

  /**
   * What the page shows.
   *
   * @param host of the gateway
   * @param abilities what the agent will be able to do
   */
  record Summary(
      String address,
      String mailbox,
      String agent,
      String organization,
      String abilities,
      String host,
      String provider) {}

  /** The summary of a sign-in for an account; empty if that was deleted. */
  Optional<Summary> of(AuthorizationRequest request) {
    return accounts
        .find(new AccountId(request.subject().id()))
        .map(account -> summary(account, request));
  }

  private Summary summary(Account account, AuthorizationRequest request) {
    return new Summary(
        account.address().value(),
        request.subject().mailbox(),
        agents.find(account.agent()).map(Agent::name).orElse("an agent"),
        account.organization().value(),
        abilities(account.settings()),
        publicUrl.of("").map(url -> URI.create(url).getAuthority()).orElse(""),
        providerName(request));
  }

  /** The provider's name for people. */
  String providerName(AuthorizationRequest request) {
    return providers
        .find(request.provider())
        .map(OAuthProvider::displayName)
        .orElse(request.provider());
  }

  private static String abilities(AccountSettings settings) {
    String reads = "read the mail of this mailbox";
    if (settings.smtp() == null) {
      return reads;
    }
    return settings.imap() == null ? "send mail from it" : reads + ", and send mail from it";
  }
}
