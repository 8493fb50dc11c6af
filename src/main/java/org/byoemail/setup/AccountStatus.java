package org.byoemail.setup;

import java.util.Locale;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealth;

/** How an account stands, in a word. */
public enum AccountStatus {
  /** At least one side is enabled, and none of the enabled ones is in error. */
  ACTIVE,
  /** Neither side is enabled. */
  DISABLED,
  /** A person stopped it. */
  PAUSED,
  /** An enabled side fails; the account's mail waits. */
  ERROR;

  /** The word of the contract. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static AccountStatus of(Account account, AccountHealth smtp, AccountHealth imap) {
    if (account.isPaused()) {
      return PAUSED;
    }
    if (!account.outboundEnabled() && !account.inboundEnabled()) {
      return DISABLED;
    }
    boolean failing =
        account.outboundEnabled() && smtp.error() != null
            || account.inboundEnabled() && imap.error() != null;
    return failing ? ERROR : ACTIVE;
  }
}
