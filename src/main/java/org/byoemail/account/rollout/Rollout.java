package org.byoemail.account.rollout;

import org.byoemail.account.registry.Account;
import org.springframework.stereotype.Component;

/**
 * Decides whether accounts are used. Off: outbound mail goes to the default transport or waits,
 * mailboxes are released, and nothing else changes. Thread-safe.
 */
@Component("rollout")
public class Rollout {
  private final RolloutSettings settings;

  Rollout(RolloutSettings settings) {
    this.settings = settings;
  }

  /** Whether any account may be used. */
  public boolean isOn() {
    return settings.enabled();
  }

  /** Whether this account may be used. */
  public boolean isOn(Account account) {
    return isOn();
  }
}
