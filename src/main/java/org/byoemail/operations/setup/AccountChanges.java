package org.byoemail.operations.setup;

import java.util.List;
import java.util.Optional;
import org.byoemail.account.oauth.OAuthGrant;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.account.registry.AccountSettings;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.BounceAccounts;
import org.byoemail.account.registry.Endpoint;
import org.byoemail.account.registry.Protocol;
import org.byoemail.format.mail.AccountId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Stores a change of an account, unless the account was changed concurrently. */
@Component
class AccountChanges {
  private final Accounts accounts;
  private final AccountHealthRepository accountHealth;
  private final BounceAccounts bounceAccounts;
  private final AccountGrants grants;
  private final AccountEntries entries;

  AccountChanges(
      Accounts accounts,
      AccountHealthRepository accountHealth,
      BounceAccounts bounceAccounts,
      AccountGrants grants,
      AccountEntries entries) {
    this.entries = entries;
    this.grants = grants;
    this.accounts = accounts;
    this.accountHealth = accountHealth;
    this.bounceAccounts = bounceAccounts;
  }

  /** Stores a new account, disabled on both sides. */
  @Transactional(propagation = Propagation.MANDATORY)
  public Account create(
      AccountId id, Endpoint endpoint, AccountSettings settings, @Nullable OAuthDraft oauth) {
    Account created = accounts.create(id, endpoint, settings);
    grants.assign(created, oauth);
    entries.created(created);
    return created;
  }

  /**
   * Locks the account for the change.
   *
   * @throws SetupConflict if it was changed or deleted since it was read
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Account lock(Account account) {
    Optional<Account> now = accounts.lock(account.id());
    return now.filter(one -> one.version() == account.version())
        .orElseThrow(
            () ->
                new SetupConflict(
                    now.isPresent()
                        ? "the account was changed concurrently: reload it and try again"
                        : "the account was deleted concurrently: there is nothing left to change"));
  }

  /**
   * Changes a locked account, which is tried again at once.
   *
   * @param locked as {@link #lock} returned it
   * @param settings null: no change, of its grant neither
   * @param oauth the grant that it signs in by; null: none
   * @param outbound whether it sends; null: no change
   * @param inbound whether it receives; null: no change
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void store(
      Account locked,
      @Nullable AccountSettings settings,
      @Nullable OAuthDraft oauth,
      @Nullable Boolean outbound,
      @Nullable Boolean inbound) {
    if (settings != null) {
      grants.assign(accounts.update(locked.id(), settings).orElseThrow(), oauth);
    }
    if (outbound != null) {
      accounts.enable(locked.id(), Protocol.SMTP, outbound);
    }
    if (inbound != null) {
      accounts.enable(locked.id(), Protocol.IMAP, inbound);
    }
    for (Protocol protocol : Protocol.values()) {
      accountHealth.retryNow(locked.id(), protocol);
    }
  }

  /**
   * Records a change in the audit log.
   *
   * @param grant by which it signed in before; null: none
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void record(Account before, @Nullable OAuthGrant grant, AccountState after) {
    entries.changed(before, grant, after.account(), after.grant());
  }

  /**
   * Sets where the reports about the account's mail arrive.
   *
   * @param bounceAccount null: its own mailbox
   * @throws FieldsRefused if it is not another account of the same organisation
   */
  @Transactional
  public void setBounceAccount(Account account, @Nullable AccountId bounceAccount) {
    AccountId before = bounceAccounts.of(List.of(account.id())).get(account.id());
    try {
      bounceAccounts.set(account.id(), bounceAccount);
    } catch (IllegalArgumentException e) {
      throw new FieldsRefused("bounceAccount", e.getMessage());
    }
    entries.bounceAccount(account, before, bounceAccount);
  }
}
