package org.byoemail.account.registry;

import java.util.Locale;

/** The summary of an account's state; {@link AccountLifecycle} derives it. */
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
}
