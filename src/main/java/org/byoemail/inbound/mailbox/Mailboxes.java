package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import java.util.List;
import java.util.Optional;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountChanged;
import org.byoemail.account.registry.AccountDeleted;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Protocol;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.MailboxId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** The mailboxes of the accounts, with their cursors. Safe for use by many threads and nodes. */
@Component("mailboxes")
public class Mailboxes {
  private static final Logger log = LoggerFactory.getLogger(Mailboxes.class);
  private static final int MAX_TAKEOVER_ROUNDS = 10;

  private final MailboxRows rows;
  private final Accounts accounts;
  private final FolderOpener folders;
  private final AccountHealthRepository accountHealth;

  Mailboxes(
      MailboxRows rows,
      Accounts accounts,
      FolderOpener folders,
      AccountHealthRepository accountHealth) {
    this.accountHealth = accountHealth;
    this.rows = rows;
    this.accounts = accounts;
    this.folders = folders;
  }

  /**
   * Connects to each of the account's folders that have no cursor, and sets it to the folder's end:
   * mail that arrives from now on is ingested, history is not. Not to be called inside a
   * transaction: it waits for a server.
   *
   * @throws org.byoemail.account.connection.ConnectionFailed if the server cannot be reached or
   *     refuses
   * @throws BaselineFailed if the folder cannot be opened
   */
  public void baseline(Account account) {
    for (Mailbox mailbox : rows.all(account.id())) {
      if (mailbox.cursor() == null) {
        try (RemoteFolder folder = folders.open(account, mailbox.key().folder(), false)) {
          rows.establish(mailbox.id(), endOf(folder));
        } catch (MessagingException e) {
          throw new BaselineFailed(account, mailbox.key().folder(), e);
        }
      }
    }
  }

  /**
   * Moves the cursor past mails, in the transaction that stores them. Its row lock keeps others
   * from ingesting mail of that mailbox until the transaction ends.
   *
   * @throws LeaseLost if another node has taken the mailbox
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void advance(IncomingBatch mails) {
    if (mails.isInjected()) {
      // Fetched mail waits, and so does the same one that was given twice.
      rows.lock(mails.account().id());
    } else if (!mails.isRetry()) {
      rows.advance(mails.context(), mails.lastUid());
    }
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            mails.markCommitted();
          }
        });
  }

  /** The mailbox of the account's first folder; empty if the account has no IMAP settings. */
  public Optional<MailboxId> first(AccountId account) {
    return rows.all(account).stream().map(Mailbox::id).findFirst();
  }

  /**
   * The cursor after everything that is there. Taken from the mails, not from UIDNEXT: one that is
   * too high would skip mail that is yet to come.
   */
  static Cursor endOf(RemoteFolder folder) throws MessagingException {
    return new Cursor(folder.uidValidity(), folder.lastUid());
  }

  /**
   * Keeps the account's mailboxes in step with its settings, in the transaction of the change. A
   * mailbox that another account has stays there, until this account proves by a test that it can
   * log in.
   *
   * @throws MailboxTaken if it has proved that, and so has the other account, which is in use
   */
  @EventListener
  @Transactional(propagation = Propagation.MANDATORY)
  public void keep(AccountChanged changed) {
    AccountId id = changed.account();
    Optional<Account> account = accounts.find(id);
    List<MailboxKey> places = account.map(MailboxKey::of).orElse(List.of());
    rows.health().retryNow(id);
    if (isKept(rows.all(id), places)) {
      return;
    }
    for (Mailbox mailbox : rows.lock(id)) {
      if (places.stream().noneMatch(mailbox.key()::isSameAs)) {
        rows.detach(mailbox.id());
      }
    }
    for (MailboxKey place : places) {
      if (rows.at(id, place).isEmpty()
          && !rows.create(id, place)
          && account.get().imapVerifiedAt() != null) {
        takeOver(account.get(), place);
      }
    }
    places.stream()
        .findFirst()
        .flatMap(place -> rows.at(id, place))
        .filter(mailbox -> !mailbox.first())
        .ifPresent(mailbox -> rows.makeFirst(id, mailbox.id()));
  }

  private static boolean isKept(List<Mailbox> present, List<MailboxKey> places) {
    return present.size() == places.size()
        && places.stream()
            .allMatch(
                place ->
                    present.stream()
                        .anyMatch(
                            mailbox ->
                                mailbox.key().isSameAs(place)
                                    && mailbox.first() == place.equals(places.get(0))));
  }

  private void takeOver(Account account, MailboxKey place) {
    // A round that does not end lost a race with another account.
    for (int i = 0; i < MAX_TAKEOVER_ROUNDS; i++) {
      Optional<Account> holder = rows.holder(place).flatMap(accounts::lock);
      // Otherwise the holder has changed since it was looked up.
      Optional<Mailbox> held = holder.flatMap(other -> rows.at(other.id(), place));
      if (holder.isPresent() && held.isPresent()) {
        if (isAtWork(holder.get())) {
          log.warn(
              "Account {} has proved the mailbox of account {}, which is in use and keeps it",
              account.id(),
              holder.get().id());
          throw new MailboxTaken(account, holder.get(), place);
        }
        detach(holder.get(), held.get());
      }
      if (rows.create(account.id(), place)) {
        return;
      }
    }
    throw new TransientDataAccessResourceException(
        "the mailbox of account " + account.id() + " is being assigned concurrently: try again");
  }

  private boolean isAtWork(Account account) {
    return account.inboundEnabled()
        && (account.isPaused()
            || account.needsReauthorization()
            || accountHealth.of(account.id(), Protocol.IMAP).error() == null);
  }

  /** An account that never proved the mailbox loses nothing and is not notified. */
  private void detach(Account holder, Mailbox mailbox) {
    rows.detach(mailbox.id());
    if (holder.imapVerifiedAt() != null) {
      accounts.disprove(holder.id(), Protocol.IMAP);
      accountHealth.failed(
          holder,
          Protocol.IMAP,
          "receiving is disabled: the mailbox was proved by another account meanwhile; test the"
              + " IMAP settings to use it again");
    }
    log.info("Account {} no longer has its mailbox: another one has proved it", holder.id());
  }

  /** After this a watcher of the deleted account's mailboxes can write nothing more. */
  @EventListener
  @Transactional(propagation = Propagation.MANDATORY)
  public void detach(AccountDeleted deleted) {
    rows.detachAll(deleted.account());
  }
}
