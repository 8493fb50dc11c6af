package org.byoemail.setup;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.byoemail.account.connection.ServerTasks;
import org.byoemail.account.oauth.OAuthGrant;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealth;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.account.registry.AccountSettings;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.BounceAccounts;
import org.byoemail.account.registry.Endpoint;
import org.byoemail.account.registry.Endpoints;
import org.byoemail.account.registry.Protocol;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.inbound.mailbox.MailboxStatus;
import org.byoemail.inbound.mailbox.MailboxWatchers;
import org.byoemail.inbound.mailbox.Mailboxes;
import org.byoemail.inbound.mailbox.WatchedFolder;
import org.byoemail.inbound.mailbox.WatchedFolders;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** Creates, changes and reads accounts. Safe for use by many threads. */
@Service
public class AccountSetup {
  private final Accounts accounts;
  private final Endpoints endpoints;
  private final AccountHealthRepository accountHealth;
  private final AccountDraftReader drafts;
  private final Mailboxes mailboxes;
  private final MailboxWatchers watchers;
  private final WatchedFolders folders;
  private final TransactionTemplate transactions;
  private final BounceAccounts bounceAccounts;
  private final ServerTasks serverTasks;
  private final AccountGrants grants;
  private final AccountEntries entries;

  AccountSetup(
      Accounts accounts,
      Endpoints endpoints,
      AccountHealthRepository accountHealth,
      AccountDraftReader drafts,
      Mailboxes mailboxes,
      MailboxWatchers watchers,
      WatchedFolders folders,
      TransactionTemplate transactions,
      BounceAccounts bounceAccounts,
      ServerTasks serverTasks,
      AccountGrants grants,
      AccountEntries entries) {
    this.grants = grants;
    this.entries = entries;
    this.serverTasks = serverTasks;
    this.bounceAccounts = bounceAccounts;
    this.mailboxes = mailboxes;
    this.watchers = watchers;
    this.folders = folders;
    this.transactions = transactions;
    this.accounts = accounts;
    this.endpoints = endpoints;
    this.accountHealth = accountHealth;
    this.drafts = drafts;
  }

  /**
   * Creates an account, disabled on both sides until they are tested.
   *
   * @throws FieldsRefused naming what is wrong
   * @throws org.byoemail.account.registry.EndpointTaken if the address belongs to another agent of
   *     the organisation
   * @throws org.byoemail.account.registry.AccountExists if the address has an account already
   */
  @Transactional
  public AccountState create(@Nullable Agent agent, @Nullable String address, AccountDraft draft) {
    FieldChecks checks = new FieldChecks();
    if (agent == null) {
      checks.refuse("agent", "must be the id of an agent");
    }
    EmailAddress parsed =
        checks.read("address", () -> EmailAddress.parse(address == null ? "" : address));
    AccountId id = AccountId.next();
    AccountSettings settings =
        drafts.read(checks, id, parsed == null ? "" : parsed.value(), draft, null);
    Endpoint endpoint = endpoints.own(agent.id(), parsed, settings.displayName());
    Account created = accounts.create(id, endpoint, settings);
    grants.assign(created, draft.oauth());
    entries.created(created);
    return state(created);
  }

  /**
   * Changes the settings. A side whose server changes is disabled and needs a new test. To enable
   * inbound, the ends of the folders are looked up, where reading starts; that takes seconds.
   *
   * @param draft null: no change
   * @param outbound whether the account sends; null: no change
   * @param inbound whether the account receives; null: no change
   * @throws FieldsRefused naming what is wrong
   * @throws org.byoemail.account.registry.NotVerified if a side to be enabled has not passed its
   *     test
   * @throws org.byoemail.inbound.mailbox.MailboxTaken if another account reads the same folder
   * @throws org.byoemail.account.connection.ConnectionFailed if the server cannot be reached
   * @throws org.byoemail.account.connection.TooManyTests if too many tests of that server are
   *     running
   * @throws org.byoemail.inbound.mailbox.BaselineFailed if the folder cannot be opened
   */
  public AccountState change(
      Account account,
      @Nullable AccountDraft draft,
      @Nullable Boolean outbound,
      @Nullable Boolean inbound) {
    return change(account, draft, outbound, inbound, () -> {});
  }

  /**
   * Changes the settings and, in the same transaction, something else of the account.
   *
   * @param also rolls the transaction back if it throws
   * @see #change(Account, AccountDraft, Boolean, Boolean)
   */
  public AccountState change(
      Account account,
      @Nullable AccountDraft draft,
      @Nullable Boolean outbound,
      @Nullable Boolean inbound,
      Runnable also) {
    AccountDraft completed = draft == null ? null : grants.completed(account, draft);
    AccountSettings settings =
        completed == null
            ? account.settings()
            : drafts.read(
                new FieldChecks(),
                account.id(),
                account.address().value(),
                completed,
                account.settings());
    if (Boolean.TRUE.equals(inbound)
        && account.imapVerifiedAt() != null
        && settings.sameMailbox(account.settings())) {
      // Before the transaction, since it waits for a server.
      serverTasks.visit(
          account,
          Protocol.IMAP,
          () -> {
            mailboxes.baseline(account);
            return account;
          });
    }
    return Objects.requireNonNull(
        transactions.execute(
            status -> {
              boolean same =
                  accounts
                      .lock(account.id())
                      .filter(now -> now.version() == account.version())
                      .isPresent();
              if (!same) {
                throw new SetupConflict(
                    "the account was changed concurrently: reload it and try again");
              }
              OAuthGrant grant = grants.of(List.of(account.id())).get(account.id());
              also.run();
              if (completed != null) {
                grants.assign(
                    accounts.update(account.id(), settings).orElseThrow(), completed.oauth());
              }
              if (outbound != null) {
                accounts.enable(account.id(), Protocol.SMTP, outbound);
              }
              if (inbound != null) {
                accounts.enable(account.id(), Protocol.IMAP, inbound);
              }
              for (Protocol protocol : Protocol.values()) {
                accountHealth.retryNow(account.id(), protocol);
              }
              AccountState changed = find(account.id()).orElseThrow();
              entries.changed(account, grant, changed.account(), changed.grant());
              return changed;
            }));
  }

  /**
   * Sets where the reports about the account's mail arrive.
   *
   * @param bounceAccount another account of the same organisation; null: its own mailbox
   * @throws FieldsRefused if it is not such an account
   */
  @Transactional
  public AccountState setBounceAccount(Account account, @Nullable AccountId bounceAccount) {
    AccountId before = bounceAccounts.of(List.of(account.id())).get(account.id());
    try {
      bounceAccounts.set(account.id(), bounceAccount);
    } catch (IllegalArgumentException e) {
      throw new FieldsRefused("bounceAccount", e.getMessage());
    }
    entries.bounceAccount(account, before, bounceAccount);
    return state(account);
  }

  /** Deletes the account with its secrets; its messages stay. */
  @Transactional
  public void delete(Account account) {
    if (accounts.delete(account.id())) {
      entries.deleted(account);
    }
  }

  /** The account of that id with its state. */
  public Optional<AccountState> find(AccountId id) {
    return accounts.find(id).map(this::state);
  }

  /**
   * Accounts in the order of their creation.
   *
   * @param organization null for all organisations
   * @param after the id after which the page starts; null for the first page
   */
  public List<AccountState> list(@Nullable String organization, @Nullable UUID after, int limit) {
    return states(accounts.list(organization, after, limit));
  }

  private AccountState state(Account account) {
    return states(List.of(account)).get(0);
  }

  private List<AccountState> states(List<Account> found) {
    List<AccountId> ids = found.stream().map(Account::id).toList();
    Map<AccountId, List<WatchedFolder>> watched = folders.of(ids);
    Map<UUID, MailboxStatus> watching =
        watchers.states().stream()
            .collect(Collectors.toMap(MailboxStatus::mailbox, Function.identity(), (a, b) -> a));
    Map<AccountId, AccountId> others = bounceAccounts.of(ids);
    Map<AccountId, OAuthGrant> byToken = grants.of(ids);
    Map<AccountId, Map<Protocol, AccountHealth>> health = accountHealth.of(ids);
    return found.stream()
        .map(
            account ->
                new AccountState(
                    account,
                    health.get(account.id()).get(Protocol.SMTP),
                    health.get(account.id()).get(Protocol.IMAP),
                    others.get(account.id()),
                    byToken.get(account.id()),
                    watched.getOrDefault(account.id(), List.of()).stream()
                        .map(
                            folder ->
                                new AccountState.Folder(folder, watching.get(folder.mailbox())))
                        .toList()))
        .toList();
  }
}
