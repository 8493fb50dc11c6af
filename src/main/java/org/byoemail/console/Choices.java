package org.byoemail.console;

import java.util.List;
import java.util.UUID;
import org.byoemail.account.Accounts;
import org.springframework.stereotype.Component;

/** What one can choose from in the filters. */
@Component
class Choices {
  private static final int MOST = 200;

  private final Accounts accounts;

  Choices(Accounts accounts) {
    this.accounts = accounts;
  }

  /** One of them. */
  record Choice(UUID id, String name) {}

  /** The accounts, the first 200 of them. */
  List<Choice> accounts() {
    return accounts.list(null, null, MOST).stream()
        .map(account -> new Choice(account.id().value(), account.address().value()))
        .toList();
  }
}
