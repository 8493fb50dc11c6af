package org.byoemail.console;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.format.mail.AccountId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What one can choose from in the filters. */
@Component
class SelectOptions {
  private static final int MOST = 200;

  private final Accounts accounts;

  SelectOptions(Accounts accounts) {
    this.accounts = accounts;
  }

  /** One of them. */
  record Choice(UUID id, String name) {}

  /** The accounts, the first 200 of them. */
  List<Choice> accounts() {
    return accounts.list(null, null, MOST).stream().map(SelectOptions::choice).toList();
  }

  /**
   * The accounts of an organisation, the first 200 of them.
   *
   * @param present one that is chosen already, which is among them in any case
   */
  List<Choice> accounts(String organization, @Nullable AccountId present) {
    List<Account> found = new ArrayList<>(accounts.list(organization, null, MOST));
    if (present != null && found.stream().noneMatch(account -> account.id().equals(present))) {
      accounts.find(present).ifPresent(found::add);
    }
    return found.stream().map(SelectOptions::choice).toList();
  }

  private static Choice choice(Account account) {
    return new Choice(account.id().value(), account.address().value());
  }
}
