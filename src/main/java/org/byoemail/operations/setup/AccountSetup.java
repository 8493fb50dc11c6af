package org.byoemail.operations.setup;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.oauth.OAuthGrant;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountFilter;
import org.byoemail.account.registry.AccountSettings;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Endpoint;
import org.byoemail.account.registry.Endpoints;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** Creates, changes and reads accounts. Safe for use by many threads. */
@Service
public class AccountSetup {
  private final Endpoints endpoints;
  private final AccountDraftReader drafts;
  private final AccountStates states;
  private final AccountChanges changes;
  private final InboundStart inboundStart;
  private final AccountGrants grants;
  private final TransactionTemplate transactions;

  AccountSetup(
      Endpoints endpoints,
      AccountDraftReader drafts,
      AccountStates states,
      AccountChanges changes,
      InboundStart inboundStart,
      AccountGrants grants,
      TransactionTemplate transactions) {
    this.endpoints = endpoints;
    this.drafts = drafts;
    this.states = states;
    this.changes = changes;
    this.inboundStart = inboundStart;
    this.grants = grants;
    this.transactions = transactions;
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
    return states.of(changes.create(id, endpoint, settings, draft.oauth()));
  }

  /**
   * Changes the settings. A side whose server changes is disabled and needs a new test. To enable
   * inbound, the ends of the folders are looked up, where reading starts; that takes seconds.
   *
   * @param draft null: no change
   * @param outbound whether the account sends; null: no change
   * @param inbound whether the account receives; null: no change
   * @throws FieldsRefused naming what is wrong
   * @throws org.byoemail.account.registry.StepRefused if a side to be enabled has not passed its
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
      inboundStart.lookUp(account);
    }
    return Objects.requireNonNull(
        transactions.execute(
            status -> {
              Account locked = changes.lock(account);
              OAuthGrant grant = grants.of(List.of(account.id())).get(account.id());
              also.run();
              changes.store(
                  locked,
                  completed == null
                      ? null
                      : settings.resealed(account.settings(), locked.settings()),
                  completed == null ? null : completed.oauth(),
                  outbound,
                  inbound);
              AccountState changed = find(account.id()).orElseThrow();
              changes.record(account, grant, changed);
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
    changes.setBounceAccount(account, bounceAccount);
    return states.of(account);
  }

  /** The account of that id with its state. */
  public Optional<AccountState> find(AccountId id) {
    return states.find(id);
  }

  /**
   * Accounts in the order of their creation.
   *
   * @param organization null for all organisations
   * @param after the id after which the page starts; null for the first page
   */
  public List<AccountState> list(
      @Nullable OrganizationId organization, @Nullable UUID after, int limit) {
    return list(organization, null, after, limit);
  }

  /** As {@link #list(String, UUID, int)}, within a scope. */
  public List<AccountState> list(
      @Nullable OrganizationId organization,
      @Nullable Scope scope,
      @Nullable UUID after,
      int limit) {
    return states.list(organization, scope, after, limit);
  }

  /** The accounts of a filter, over all organisations, by id. */
  public List<AccountState> list(AccountFilter filter) {
    return states.list(filter);
  }
}
