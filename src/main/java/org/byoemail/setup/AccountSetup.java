package org.byoemail.setup;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.Account;
import org.byoemail.account.AccountSettings;
import org.byoemail.account.Accounts;
import org.byoemail.account.Agent;
import org.byoemail.account.Endpoint;
import org.byoemail.account.Endpoints;
import org.byoemail.account.Healths;
import org.byoemail.account.Side;
import org.byoemail.mail.AccountId;
import org.byoemail.mail.EmailAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Makes, changes and shows accounts. Safe for use by many threads. */
@Service
public class AccountSetup {
  private final Accounts accounts;
  private final Endpoints endpoints;
  private final Healths healths;
  private final DraftReader drafts;

  AccountSetup(Accounts accounts, Endpoints endpoints, Healths healths, DraftReader drafts) {
    this.accounts = accounts;
    this.endpoints = endpoints;
    this.healths = healths;
    this.drafts = drafts;
  }

  /**
   * Makes an account, disabled on both sides until they are tested.
   *
   * @throws FieldsRefused naming what is wrong
   * @throws org.byoemail.account.EndpointTaken where the address is another agent's
   * @throws org.byoemail.account.AccountExists where the address has an account already
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
    return state(accounts.create(id, endpoint, settings));
  }

  /**
   * Changes the settings. A side whose server changes is disabled and asks for a new test.
   *
   * @throws FieldsRefused naming what is wrong
   */
  @Transactional
  public AccountState change(Account account, AccountDraft draft) {
    AccountSettings settings =
        drafts.read(
            new FieldChecks(), account.id(), account.address().value(), draft, account.settings());
    Account changed = accounts.update(account.id(), settings).orElse(account);
    for (Side side : Side.values()) {
      healths.retryNow(account.id(), side);
    }
    return state(changed);
  }

  /** Stops using the account until it is resumed; its mail waits. */
  public void pause(Account account) {
    accounts.pause(account.id());
  }

  /** Uses a paused account again, at once. */
  @Transactional
  public void resume(Account account) {
    for (Side side : Side.values()) {
      healths.retryNow(account.id(), side);
    }
    accounts.resume(account.id());
  }

  /** Deletes the account with its secrets; its messages stay. */
  public void delete(Account account) {
    accounts.delete(account.id());
  }

  /** The account of that id, and how it fares. */
  public Optional<AccountState> find(AccountId id) {
    return accounts.find(id).map(this::state);
  }

  /**
   * Accounts in the order they were made in.
   *
   * @param organization null for all organisations
   * @param after the id to start behind, null for the start
   */
  public List<AccountState> list(@Nullable String organization, @Nullable UUID after, int limit) {
    return accounts.list(organization, after, limit).stream().map(this::state).toList();
  }

  private AccountState state(Account account) {
    return new AccountState(
        account, healths.of(account.id(), Side.SMTP), healths.of(account.id(), Side.IMAP));
  }
}
