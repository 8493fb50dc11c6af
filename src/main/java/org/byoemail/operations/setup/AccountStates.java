package org.byoemail.operations.setup;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.byoemail.account.oauth.OAuthGrant;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountFilter;
import org.byoemail.account.registry.AccountHealth;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.BounceAccounts;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.rollout.AccountRollout;
import org.byoemail.account.rollout.Rollout;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.byoemail.inbound.mailbox.MailboxStatus;
import org.byoemail.inbound.mailbox.MailboxWatchers;
import org.byoemail.inbound.mailbox.WatchedFolder;
import org.byoemail.inbound.mailbox.WatchedFolders;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads accounts together with their health, and with who watches their mailboxes. */
@Component
class AccountStates {
  private final Accounts accounts;
  private final AccountHealthRepository accountHealth;
  private final BounceAccounts bounceAccounts;
  private final AccountGrants grants;
  private final WatchedFolders folders;
  private final MailboxWatchers watchers;
  private final Rollout rollout;

  AccountStates(
      Accounts accounts,
      AccountHealthRepository accountHealth,
      BounceAccounts bounceAccounts,
      AccountGrants grants,
      WatchedFolders folders,
      MailboxWatchers watchers,
      Rollout rollout) {
    this.rollout = rollout;
    this.accounts = accounts;
    this.accountHealth = accountHealth;
    this.bounceAccounts = bounceAccounts;
    this.grants = grants;
    this.folders = folders;
    this.watchers = watchers;
  }

  Optional<AccountState> find(AccountId id) {
    return accounts.find(id).map(this::of);
  }

  List<AccountState> list(
      @Nullable OrganizationId organization,
      @Nullable Scope scope,
      @Nullable UUID after,
      int limit) {
    return of(accounts.list(organization, scope, after, limit));
  }

  List<AccountState> list(AccountFilter filter) {
    return of(accounts.list(filter));
  }

  AccountState of(Account account) {
    return of(List.of(account)).get(0);
  }

  private List<AccountState> of(List<Account> found) {
    List<AccountId> ids = found.stream().map(Account::id).toList();
    Map<AccountId, List<WatchedFolder>> watched = folders.of(ids);
    Map<MailboxId, MailboxStatus> watching =
        watchers.states().stream()
            .collect(Collectors.toMap(MailboxStatus::mailbox, Function.identity(), (a, b) -> a));
    Map<AccountId, AccountId> others = bounceAccounts.of(ids);
    Map<AccountId, OAuthGrant> byToken = grants.of(ids);
    Map<AccountId, Map<Protocol, AccountHealth>> health = accountHealth.of(ids);
    Map<AccountId, AccountRollout> used = rollout.of(ids);
    return found.stream()
        .map(
            account ->
                new AccountState(
                    account,
                    health.get(account.id()).get(Protocol.SMTP),
                    health.get(account.id()).get(Protocol.IMAP),
                    others.get(account.id()),
                    byToken.get(account.id()),
                    used.get(account.id()),
                    watched.getOrDefault(account.id(), List.of()).stream()
                        .map(
                            folder ->
                                new AccountState.Folder(folder, watching.get(folder.mailbox())))
                        .toList()))
        .toList();
  }
}
