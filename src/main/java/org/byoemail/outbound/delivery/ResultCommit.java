package org.byoemail.outbound.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.byoemail.outbound.sentfolder.SentFolderKeeper;
import org.byoemail.platform.conversation.MessageIds;
import org.byoemail.platform.transaction.GroupCommit;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * Commits the results of attempts, and what follows from them: learnt Message-IDs, and copies for
 * the Sent folder. Attempts that end at the same time share a transaction. Safe for use by many
 * threads.
 */
@Component
class ResultCommit {
  private static final int MAX_BATCH = 64;

  private final DeliveryLifecycle lifecycle;
  private final MessageIds messageIds;
  private final SentFolderKeeper sentFolder;
  private final GroupCommit<FinishedAttempt, Boolean> commits;

  ResultCommit(
      DeliveryLifecycle lifecycle,
      MessageIds messageIds,
      SentFolderKeeper sentFolder,
      PlatformTransactionManager transactions) {
    this.lifecycle = lifecycle;
    this.messageIds = messageIds;
    this.sentFolder = sentFolder;
    this.commits = new GroupCommit<>(MAX_BATCH, transactions, this::write);
  }

  /**
   * Records the result of an attempt. It has been committed when this returns.
   *
   * @return false if the claim was lost: nothing was written
   */
  boolean record(FinishedAttempt attempt) {
    return commits.submit(attempt);
  }

  private List<Boolean> write(List<FinishedAttempt> attempts) {
    List<Boolean> valid = lifecycle.settle(attempts);
    List<FinishedAttempt> written = new ArrayList<>();
    for (int i = 0; i < attempts.size(); i++) {
      if (valid.get(i)) {
        FinishedAttempt one = attempts.get(i);
        one.learnt().forEach(id -> messageIds.learn(one.message().id(), id));
        written.add(one);
      }
    }
    sentFolder.plan(
        written.stream()
            .map(one -> one.claim().account())
            .filter(Objects::nonNull)
            .collect(Collectors.toSet()),
        written.stream().map(one -> one.claim().attempt()).toList());
    return valid;
  }
}
