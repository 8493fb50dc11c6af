package org.byoemail.operations.setup;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.byoemail.account.link.ConnectLink;
import org.byoemail.account.link.ConnectLinkClosed;
import org.byoemail.account.link.ConnectLinks;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Endpoint;
import org.byoemail.account.registry.Endpoints;
import org.byoemail.account.registry.Protocol;
import org.byoemail.format.mail.AccountId;
import org.byoemail.platform.audit.AuditLog;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Stores and enables the accounts that connect links create or sign in again. */
@Component
class LinkedAccounts {
  private final Accounts accounts;
  private final Endpoints endpoints;
  private final AccountHealthRepository health;
  private final ConnectLinks links;
  private final AccountSetup setup;
  private final TransactionTemplate transactions;
  private final AuditLog audit;

  LinkedAccounts(
      Accounts accounts,
      Endpoints endpoints,
      AccountHealthRepository health,
      ConnectLinks links,
      AccountSetup setup,
      TransactionTemplate transactions,
      AuditLog audit) {
    this.accounts = accounts;
    this.endpoints = endpoints;
    this.health = health;
    this.links = links;
    this.setup = setup;
    this.transactions = transactions;
    this.audit = audit;
  }

  /**
   * Stores what was tested and enables it. The link cannot be used again after that.
   *
   * @param tested has passed the tests of all its sides
   * @param present the stored account that it changes; null: it is new
   * @param also done to the stored account, in the same transaction
   * @throws org.byoemail.format.mail.StateConflict if the address or the mailbox is taken
   * @throws org.byoemail.account.link.ConnectLinkOver if the link ended meanwhile
   */
  Account connect(
      ConnectLink link, Account tested, @Nullable Account present, Consumer<Account> also) {
    boolean inUse = present != null && (present.outboundEnabled() || present.inboundEnabled());
    if (inUse) {
      // In one transaction: it is never seen disabled, and what was disabled stays so.
      return transact(
          () -> {
            Account stored = stored(tested, present, also);
            enable(stored, present.outboundEnabled(), present.inboundEnabled());
            use(link, stored);
            return accounts.find(stored.id()).orElseThrow();
          });
    }
    Account stored =
        transact(
            () -> {
              Account account = stored(tested, present, also);
              links
                  .attach(link.id(), account.id())
                  .filter(earlier -> !earlier.equals(account.id()))
                  .ifPresent(earlier -> deleteUnused(link, earlier));
              return accounts.find(account.id()).orElseThrow();
            });
    return enabled(link, stored);
  }

  /**
   * An account that the link created for another address and could not enable is no longer needed.
   */
  private void deleteUnused(ConnectLink link, AccountId id) {
    accounts
        .lock(id)
        .filter(earlier -> !earlier.outboundEnabled() && !earlier.inboundEnabled())
        .filter(earlier -> !earlier.id().equals(link.mended()))
        .ifPresent(
            earlier -> {
              accounts.delete(earlier.id());
              audit.record(
                  "account.deleted",
                  earlier.id().value(),
                  link.organization(),
                  Map.of("address", earlier.address().value(), "link", link.id().toString()));
            });
  }

  /**
   * Notes the account that the link mends, in the transaction of the caller.
   *
   * @throws org.byoemail.account.link.ConnectLinkOver if the link ended
   */
  void attach(ConnectLink link, Account account) {
    links.attach(link.id(), account.id());
  }

  /** Uses a link up whose account was proved by its own grant; enables it if neither side was. */
  Account mended(ConnectLink link, Account account) {
    Account now = accounts.find(account.id()).orElseThrow(ConnectLinkClosed::new);
    if (!now.outboundEnabled() && !now.inboundEnabled()) {
      return enabled(link, now);
    }
    transact(
        () -> {
          use(link, now);
          return now;
        });
    return now;
  }

  // Looks the end of the folder up, which takes seconds and must not be inside a transaction.
  private Account enabled(ConnectLink link, Account stored) {
    return setup
        .change(
            stored,
            null,
            stored.settings().smtp() == null ? null : true,
            stored.settings().imap() == null ? null : true,
            () -> use(link, stored))
        .account();
  }

  private Account stored(Account tested, @Nullable Account present, Consumer<Account> also) {
    Account account;
    if (present == null) {
      Endpoint endpoint = endpoints.own(tested.agent(), tested.address(), null);
      account = accounts.create(tested.id(), endpoint, tested.settings());
    } else {
      account =
          accounts
              .lock(present.id())
              .filter(now -> now.version() == present.version())
              .flatMap(now -> accounts.update(now.id(), tested.settings()))
              .orElseThrow(
                  () -> new SetupConflict("the account was changed concurrently: try again"));
    }
    also.accept(account);
    Account now = accounts.find(account.id()).orElseThrow();
    for (Protocol side : sides(now)) {
      accounts.verified(now, side);
      health.ok(now, side);
    }
    return now;
  }

  private void enable(Account account, boolean outbound, boolean inbound) {
    if (outbound && account.settings().smtp() != null) {
      accounts.enable(account.id(), Protocol.SMTP, true);
    }
    if (inbound && account.settings().imap() != null) {
      accounts.enable(account.id(), Protocol.IMAP, true);
    }
    sides(account).forEach(side -> health.retryNow(account.id(), side));
  }

  private void use(ConnectLink link, Account account) {
    links.use(link.id(), account.id());
    audit.record(
        "account.connected",
        account.id().value(),
        link.organization(),
        Map.of(
            "link",
            link.id().toString(),
            "address",
            account.address().value(),
            "mended",
            link.mended() != null));
  }

  private static List<Protocol> sides(Account account) {
    return List.of(Protocol.values()).stream()
        .filter(side -> account.settings().side(side) != null)
        .toList();
  }

  private <T> T transact(Supplier<T> work) {
    return Objects.requireNonNull(transactions.execute(status -> work.get()));
  }
}
