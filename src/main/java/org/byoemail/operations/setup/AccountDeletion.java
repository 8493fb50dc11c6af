package org.byoemail.operations.setup;

import java.util.ArrayList;
import java.util.List;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.outbound.delivery.AccountQueue;
import org.byoemail.outbound.delivery.AccountQueue.Fate;
import org.byoemail.outbound.delivery.AccountQueue.Queued;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Deletes accounts, and says what happens to their queued mail. Safe for use by many threads. */
@Service
public class AccountDeletion {
  private final Accounts accounts;
  private final AccountQueue queue;
  private final AccountEntries entries;

  AccountDeletion(Accounts accounts, AccountQueue queue, AccountEntries entries) {
    this.entries = entries;
    this.accounts = accounts;
    this.queue = queue;
  }

  /** What deleting the account would do to its queued mail. */
  public Queued preview(Account account) {
    return queue.of(account);
  }

  /**
   * Deletes the account with its secrets. Messages and attempts stay; queued messages lose their
   * account.
   *
   * @return what it had in the queue
   * @throws SetupConflict if it was deleted meanwhile
   */
  @Transactional
  public Queued delete(Account account) {
    if (accounts.lock(account.id()).isEmpty()) {
      throw new SetupConflict("the account was deleted already: there is nothing left to delete");
    }
    Queued queued = queue.of(account);
    accounts.delete(account.id());
    entries.deleted(account);
    return queued;
  }

  /** Explains to people what happens to queued mail. */
  public static String explain(Queued queued) {
    if (queued.isEmpty()) {
      return "No mail of the account is queued.";
    }
    List<String> sentences = new ArrayList<>();
    if (queued.waiting() > 0) {
      sentences.add("Queued messages: " + queued.waiting() + "; " + fate(queued.fate()));
    }
    if (queued.held() > 0) {
      sentences.add(
          "Held messages: " + queued.held() + "; they stay held until a person decides on them.");
    }
    if (queued.sending() > 0) {
      sentences.add(
          "Messages being sent at this moment: "
              + queued.sending()
              + "; their results are recorded as usual.");
    }
    return String.join(" ", sentences);
  }

  private static String fate(Fate fate) {
    return switch (fate) {
      case FAILS ->
          "without the account they fail with no_transport. Once the address has an account again,"
              + " they can be resent from the dead letters.";
      case PLATFORM -> "without the account they are sent by the platform's own transport.";
      case SIMULATED -> "without the account their sending is simulated.";
      case WAITS -> "they wait until byo.transport.*.organizations names their domain.";
    };
  }

  /** The word of the API for what happens to the queued messages. */
  public static String word(Fate fate) {
    return switch (fate) {
      case FAILS -> "fail";
      case PLATFORM -> "platform_transport";
      case SIMULATED -> "simulated";
      case WAITS -> "wait";
    };
  }
}
