package org.byoemail.console;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountFilter;
import org.byoemail.account.registry.Accounts;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.operations.setup.FieldsRefused;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Finds accounts by the address that a person types: a list may have many thousands. */
@Component
class AccountChoices {
  private static final int MAX_SUGGESTIONS = 20;

  private final Accounts accounts;

  AccountChoices(Accounts accounts) {
    this.accounts = accounts;
  }

  /**
   * What a person named.
   *
   * @param account null if nothing was named, or not exactly one account has the address
   * @param address what was typed, or the address of the account; null if nothing was named
   * @param matches the accounts that the address may mean, if it is not exactly one
   */
  record Choice(@Nullable UUID account, @Nullable String address, List<Account> matches) {
    @Nullable AccountId id() {
      return account == null ? null : new AccountId(account);
    }

    /** Whether something was named that is not exactly one account. */
    public boolean isOpen() {
      return address != null && account == null;
    }
  }

  /**
   * The account of a filter.
   *
   * @param id of a link; wins over {@code address}
   * @param address an address or a part of it, as it was typed
   */
  Choice of(@Nullable UUID id, @Nullable String address) {
    if (id != null) {
      return new Choice(id, address(id), List.of());
    }
    String typed = address == null ? "" : address.strip();
    return typed.isEmpty()
        ? new Choice(null, null, List.of())
        : choice(typed, matching(Viewer.organization(), typed));
  }

  private Choice choice(String typed, List<Account> matches) {
    List<Account> exact =
        matches.stream().filter(one -> one.address().value().equalsIgnoreCase(typed)).toList();
    List<Account> meant = exact.isEmpty() ? matches : exact;
    return meant.size() == 1
        ? new Choice(meant.get(0).id().value(), meant.get(0).address().value(), List.of())
        : new Choice(null, typed, meant);
  }

  /**
   * The one account of an organization that has exactly this address.
   *
   * @param address as it was typed; null or blank for none
   * @throws FieldsRefused if there is not exactly one
   */
  @Nullable AccountId require(OrganizationId organization, @Nullable String address) {
    String typed = address == null ? "" : address.strip();
    if (typed.isEmpty()) {
      return null;
    }
    Choice choice = choice(typed, matching(organization, typed));
    if (choice.account() == null || !typed.equalsIgnoreCase(choice.address())) {
      throw new FieldsRefused(
          "address",
          choice.matches().isEmpty()
              ? "no account of this organization has the address " + typed
              : "write the whole address of one account");
    }
    return new AccountId(choice.account());
  }

  /** The address of an account, null if it was deleted. */
  @Nullable String address(@Nullable UUID id) {
    return id == null
        ? null
        : accounts.find(new AccountId(id)).map(one -> one.address().value()).orElse(null);
  }

  /** The addresses of accounts; deleted ones are left out. */
  Map<AccountId, String> addresses(Collection<AccountId> ids) {
    return ids.isEmpty()
        ? Map.of()
        : accounts.find(ids).stream()
            .collect(Collectors.toMap(Account::id, one -> one.address().value()));
  }

  /** The first accounts of an organization whose address contains a text. */
  List<Account> matching(@Nullable OrganizationId organization, String part) {
    return accounts.list(new AccountFilter(organization, null, part, null, null, MAX_SUGGESTIONS));
  }
}
