package org.byoemail.outbound.sentfolder;

import jakarta.mail.MessagingException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.byoemail.account.connection.ImapConnection;
import org.byoemail.account.connection.ImapConnections;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.rollout.Rollout;
import org.byoemail.account.rollout.RolloutSide;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.outbound.sentfolder.SentCopies.Copy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Puts copies of sent mails into the Sent folders of the accounts that want it. The mail itself is
 * never sent by this, and a copy that is there, the server's own included, is not put there again.
 * Called by routes; safe for use by many threads and nodes.
 */
@Component("sentFolder")
public class SentFolderKeeper {
  private static final Logger log = LoggerFactory.getLogger(SentFolderKeeper.class);
  private static final int ACCOUNTS = 50;
  private static final int COPIES = 10;

  private final SentFolders folders;
  private final SentCopies copies;
  private final CopyStorage storage;
  private final CopyOutcomes outcomes;
  private final Accounts accounts;
  private final Rollout rollout;
  private final ImapConnections connections;

  SentFolderKeeper(
      SentFolders folders,
      SentCopies copies,
      CopyStorage storage,
      CopyOutcomes outcomes,
      Accounts accounts,
      Rollout rollout,
      ImapConnections connections) {
    this.folders = folders;
    this.copies = copies;
    this.storage = storage;
    this.outcomes = outcomes;
    this.accounts = accounts;
    this.rollout = rollout;
    this.connections = connections;
  }

  /**
   * Plans the copies of attempts that have ended, in the transaction that writes them down.
   *
   * @param by the accounts that some of them left by
   */
  public void plan(Set<AccountId> by, Collection<AttemptId> ended) {
    if (!by.isEmpty() && folders.wantedByAny(by)) {
      copies.plan(ended);
    }
  }

  /** Accounts with copies to store. */
  public List<AccountId> due() {
    return copies.accountsDue(ACCOUNTS);
  }

  /** Stores some copies of one account. */
  public void keep(AccountId id) {
    Account account = accounts.find(id).orElse(null);
    if (account == null
        || account.isPaused()
        || account.needsReauthorization()
        || !rollout.isOn(id, RolloutSide.SENDING)) {
      return;
    }
    List<Copy> claimed = copies.claim(id, COPIES);
    if (claimed.isEmpty()) {
      return;
    }
    List<Copy> left = new ArrayList<>(claimed);
    try (ImapConnection connection = connections.open(account)) {
      if (SentFolderVisit.isKept(connection)) {
        left.forEach(copies::done);
        return;
      }
      try (SentFolderVisit visit = new SentFolderVisit(connection, folders.of(id).folder())) {
        while (!left.isEmpty()) {
          Copy copy = left.get(0);
          if (copies.renew(copy)) {
            storage.store(visit, copy);
          }
          left.remove(0);
        }
      }
    } catch (MessagingException | RuntimeException e) {
      log.warn(
          "account {}: cannot store {} copies in the Sent folder: {}",
          id,
          left.size(),
          e.getMessage());
      String words = String.valueOf(e.getMessage());
      left.forEach(copy -> outcomes.failed(copy, words));
      copies.postponeAll(id, outcomes.firstDelay());
    }
  }
}
