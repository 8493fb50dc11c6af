package org.byoemail.console;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The options of the select fields. */
@Component
class SelectOptions {
  private static final int MAX_OPTIONS = 200;

  private final Accounts accounts;

  SelectOptions(Accounts accounts) {
    this.accounts = accounts;
  }

  /** An option: the id that it submits, and its label. */
  record Option(UUID id, String name) {}

  /** The accounts, the first 200 of them. */
  List<Option> accounts() {
    return accounts.list(Viewer.organization(), null, MAX_OPTIONS).stream()
        .map(SelectOptions::option)
        .toList();
  }

  /**
   * The accounts of an organisation, the first 200 of them.
   *
   * @param selected the account that is selected at selected, which is always included
   */
  List<Option> accounts(OrganizationId organization, @Nullable AccountId selected) {
    List<Account> found = new ArrayList<>(accounts.list(organization, null, MAX_OPTIONS));
    if (selected != null && found.stream().noneMatch(account -> account.id().equals(selected))) {
      accounts.find(selected).ifPresent(found::add);
    }
    return found.stream().map(SelectOptions::option).toList();
  }

  private static Option option(Account account) {
    return new Option(account.id().value(), account.address().value());
  }
}
