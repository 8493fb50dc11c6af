package org.byoemail.mailbox;

import jakarta.mail.MessagingException;
import java.util.Optional;
import org.byoemail.account.Account;
import org.byoemail.account.AccountChanged;
import org.byoemail.account.AccountDeleted;
import org.byoemail.account.Accounts;
import org.byoemail.mail.AccountId;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The mailboxes: one for each place that an account receives at, with its cursor. Safe for use by
 * many threads and nodes.
 */
@Component("mailboxes")
public class Mailboxes {
  private final MailboxRows rows;
  private final Accounts accounts;
  private final FolderOpener folders;

  Mailboxes(MailboxRows rows, Accounts accounts, FolderOpener folders) {
    this.rows = rows;
    this.accounts = accounts;
    this.folders = folders;
  }

  /**
   * Connects to the account's folder and starts at its end, so that whatever arrives from now on is
   * taken in and history is not. Does nothing where reading has started before. Not to be called
   * inside a transaction: it waits for a server.
   *
   * @throws org.byoemail.connection.ConnectionFailed where the server cannot be reached or refuses
   * @throws BaselineFailed where the folder cannot be opened
   */
  public void baseline(Account account) {
    Optional<Mailbox> mailbox = rows.of(account.id()).filter(m -> m.cursor() == null);
    if (mailbox.isEmpty()) {
      return;
    }
    try (WatchedFolder folder = folders.open(account, false)) {
      rows.establish(mailbox.get().id(), endOf(folder));
    } catch (MessagingException e) {
      throw new BaselineFailed(account.id(), e);
    }
  }

  /**
   * Moves the cursor past mails, in the transaction that stores what becomes of them. Until that
   * ends, nobody else takes in mail of that mailbox.
   *
   * @throws LeaseLost where the mailbox belongs to another watcher by now
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void advance(MailBatch mails) {
    if (!mails.isPassed()) {
      rows.advance(mails.reading(), mails.lastUid());
    }
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            mails.dealtWith();
          }
        });
  }

  /**
   * The cursor that leaves out everything that is there. By the mails, not by UIDNEXT: with one
   * that is too high, mail that is yet to come would be passed over.
   */
  static Cursor endOf(WatchedFolder folder) throws MessagingException {
    return new Cursor(folder.uidValidity(), folder.lastUid());
  }

  /** Keeps the account's mailbox in step with its settings, in the transaction of the change. */
  @EventListener
  @Transactional(propagation = Propagation.MANDATORY)
  public void keep(AccountChanged changed) {
    AccountId id = changed.account();
    Optional<Place> place = accounts.find(id).flatMap(Place::of);
    Optional<Mailbox> present = rows.of(id);
    if (present.map(Mailbox::place).equals(place)) {
      return;
    }
    rows.detach(id);
    if (place.isPresent() && !rows.create(id, place.get())) {
      throw new MailboxTaken(id, place.get());
    }
  }

  /** Whoever watches the mailbox of a deleted account can write nothing more. */
  @EventListener
  @Transactional(propagation = Propagation.MANDATORY)
  public void letGo(AccountDeleted deleted) {
    rows.detach(deleted.account());
  }
}
