package org.byoemail.outbound.foldercopy;

import jakarta.mail.MessagingException;
import java.util.ArrayList;
import java.util.List;
import org.byoemail.account.connection.ImapConnection;
import org.byoemail.account.connection.ImapConnections;
import org.byoemail.account.connection.SpecialFolder;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.rollout.Rollout;
import org.byoemail.account.rollout.RolloutSide;
import org.byoemail.format.mail.AccountId;
import org.byoemail.outbound.foldercopy.CopyQueue.ClaimedCopy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Works on the due copies of an account over one connection. Safe for use by many threads. */
@Component
public class CopyRuns {
  private static final Logger log = LoggerFactory.getLogger(CopyRuns.class);

  private final Accounts accounts;
  private final Rollout rollout;
  private final ImapConnections connections;

  CopyRuns(Accounts accounts, Rollout rollout, ImapConnections connections) {
    this.accounts = accounts;
    this.rollout = rollout;
    this.connections = connections;
  }

  /** What a run does with the copies that it has claimed. */
  public interface Work<C extends ClaimedCopy> {
    /**
     * Opens the folder and works on each copy.
     *
     * @throws MessagingException if the folder cannot be used: all copies that remain have failed
     */
    void run(ImapConnection connection, Claimed<C> claimed) throws MessagingException;
  }

  /** The work on one copy. */
  public interface Step<C> {
    /**
     * Works on the copy and records its result.
     *
     * @throws MessagingException if the folder can no longer be used
     */
    void run(C copy) throws MessagingException;
  }

  /** The claimed copies of a run. */
  public static final class Claimed<C extends ClaimedCopy> {
    private final CopyQueue<C> queue;
    private final List<C> left;

    private Claimed(CopyQueue<C> queue, List<C> claimed) {
      this.queue = queue;
      this.left = new ArrayList<>(claimed);
    }

    /**
     * Works on each copy whose claim is still valid. A copy that fails for its own reasons does not
     * prevent work on the others.
     */
    public void forEach(Step<C> step) throws MessagingException {
      while (!left.isEmpty()) {
        C copy = left.get(0);
        if (queue.renew(copy)) {
          try {
            step.run(copy);
          } catch (RuntimeException e) {
            log.error("copy {} cannot be updated in its folder", copy.key(), e);
            queue.failed(copy, String.valueOf(e.getMessage()));
          }
        }
        left.remove(0);
      }
    }
  }

  /**
   * Works on some due copies of an account. If its server or folder cannot be used, that is logged
   * and recorded, and all copies of the account wait.
   *
   * @param use of the folder, for the log
   */
  public <C extends ClaimedCopy> void run(
      AccountId id, SpecialFolder use, CopyQueue<C> queue, int limit, Work<C> work) {
    Account account = accounts.find(id).orElse(null);
    if (account == null
        || account.isPaused()
        || account.needsReauthorization()
        || !rollout.isOn(id, RolloutSide.SENDING)) {
      return;
    }
    Claimed<C> claimed = new Claimed<>(queue, queue.claim(id, limit));
    if (claimed.left.isEmpty()) {
      return;
    }
    try (ImapConnection connection = connections.open(account)) {
      work.run(connection, claimed);
    } catch (MessagingException | RuntimeException e) {
      log.warn(
          "account {}: {} copies cannot be updated in the {} folder: {}",
          id,
          claimed.left.size(),
          use.label(),
          e.getMessage());
      String error = String.valueOf(e.getMessage());
      claimed.left.forEach(copy -> queue.failed(copy, error));
      queue.postponeAll(id, error);
    }
  }
}
