package org.byoemail.outbound.delivery;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.format.mail.AccountId;
import org.springframework.stereotype.Component;

/**
 * A cache of recently used accounts. A claim names the account version, and only that version is
 * returned, so nothing stale is used.
 */
@Component
class AccountCache {
  private static final int SIZE = 1000;

  private final Accounts accounts;
  private final Map<AccountId, Account> kept =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<AccountId, Account> eldest) {
              return size() > SIZE;
            }
          });

  AccountCache(Accounts accounts) {
    this.accounts = accounts;
  }

  /** The account in that version, or a later one; empty if it is gone. */
  Optional<Account> find(AccountId id, long version) {
    Account known = kept.get(id);
    if (known != null && known.version() == version) {
      return Optional.of(known);
    }
    Optional<Account> found = accounts.find(id);
    found.ifPresent(account -> kept.put(id, account));
    return found;
  }
}
