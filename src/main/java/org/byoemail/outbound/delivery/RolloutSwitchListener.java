package org.byoemail.outbound.delivery;

import java.util.Set;
import org.byoemail.account.rollout.RolloutChanged;
import org.byoemail.format.mail.AccountId;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Makes mail due that waited for a transport, when the rollout gives or takes the account of its
 * sender. Safe for use by many threads.
 */
@Component
class RolloutSwitchListener {
  private static final int MAX_WOKEN_AT_ONCE = 1000;

  private final Deliveries deliveries;
  private final Claims claims;

  RolloutSwitchListener(Deliveries deliveries, Claims claims) {
    this.deliveries = deliveries;
    this.claims = claims;
  }

  @EventListener
  void changed(RolloutChanged change) {
    Set<AccountId> accounts = change.accounts();
    while (!accounts.isEmpty()
        && deliveries.wakeUnsent(accounts, MAX_WOKEN_AT_ONCE) == MAX_WOKEN_AT_ONCE) {
      claims.wake();
    }
    claims.wake();
  }
}
