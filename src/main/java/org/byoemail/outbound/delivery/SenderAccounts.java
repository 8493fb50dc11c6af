package org.byoemail.outbound.delivery;

import java.util.Map;
import java.util.Optional;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.platform.conversation.Message;
import org.springframework.stereotype.Component;

/**
 * The accounts that claimed mail leaves by. A delivery without one is assigned to the account that
 * its sender has got since. Safe for use by many threads.
 */
@Component
class SenderAccounts {
  private final AccountCache cache;
  private final Accounts accounts;
  private final DeliveryLifecycle lifecycle;

  SenderAccounts(AccountCache cache, Accounts accounts, DeliveryLifecycle lifecycle) {
    this.cache = cache;
    this.accounts = accounts;
    this.lifecycle = lifecycle;
  }

  /** The account of a claim; empty if it has none, or it is gone. */
  Optional<Account> of(Claim claim) {
    return claim.account() == null
        ? Optional.empty()
        : cache.find(claim.account(), claim.accountVersion());
  }

  /**
   * Assigns a claim without an account to the account that its sender now has, which gives the
   * claim up.
   *
   * @param lookedUp the accounts of senders looked up for this batch; added to
   * @return false if the sender has no account either, or the claim was lost
   */
  boolean assign(Claim claim, Message message, Map<EndpointId, Optional<Account>> lookedUp) {
    return claim.account() == null
        && lookedUp
            .computeIfAbsent(message.endpoint(), accounts::ofEndpoint)
            .map(account -> lifecycle.assign(claim, account.id()))
            .orElse(false);
  }
}
