package org.byoemail.setup;

import java.util.Locale;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealth;

/** The summary of an account's state. */
public enum AccountStatus {
  /** At least one side is enabled, and none of the enabled ones is in error. */
  ACTIVE,
  /** Neither side is enabled. */
  DISABLED,
  /** An operator paused the account. */
  PAUSED,
  /** Its owner must consent again; the account's mail waits. */
  NEEDS_REAUTHORIZATION,
  /** An enabled side fails; the account's mail waits. */
  ERROR;

  /** The name in the API and the console. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static AccountStatus of(Account account, AccountHealth smtp, AccountHealth imap) {
    if (account.isPaused()) {
      return PAUSED;
    }
    if (account.needsReauthorization()) {
      return NEEDS_REAUTHORIZATION;
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
