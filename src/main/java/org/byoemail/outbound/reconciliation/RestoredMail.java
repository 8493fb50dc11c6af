package org.byoemail.outbound.reconciliation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.RestoredDeliveries;
import org.byoemail.outbound.delivery.RestoredDeliveries.Waiting;
import org.byoemail.outbound.sentfolder.SentFolderSearch;
import org.byoemail.outbound.sentfolder.SentFolderSearch.SearchResult;
import org.byoemail.outbound.sentfolder.SentFolderSearch.SearchedMail;
import org.byoemail.platform.cluster.NodeIdentity;
import org.byoemail.platform.restore.RestoreDetection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Reconciles mail that was queued when a backup was made: mail in the Sent folder of its account
 * was sent, all other mail is held for a person. Runs in a route, on one node at a time, and
 * continues after a restart.
 */
@Component("restoredMail")
public class RestoredMail {
  private static final Logger log = LoggerFactory.getLogger(RestoredMail.class);
  private static final int BATCH = 100;

  private static final String NOT_FOUND =
      "it was queued when the backup was made from which the database was restored, and may have left since: its"
          + " Sent folder does not have it";
  private static final String NOT_SEARCHED =
      "it was queued when the backup was made from which the database was restored, and may have left since: there"
          + " is no Sent folder that could be searched";

  private final RestoreDetection restore;
  private final RestoredDeliveries deliveries;
  private final SentFolderSearch sentFolders;
  private final String node;

  RestoredMail(
      RestoreDetection restore,
      RestoredDeliveries deliveries,
      SentFolderSearch sentFolders,
      NodeIdentity node) {
    this.restore = restore;
    this.deliveries = deliveries;
    this.sentFolders = sentFolders;
    this.node = node.id();
  }

  /** Reconciles the remaining mail if an operator has requested it. Blocks on mail servers. */
  public void reconcile() {
    while (true) {
      RestoreDetection.State state = restore.restored().orElse(null);
      if (state == null || state.reconcilingSince() == null || !restore.mayReconcile(node)) {
        return;
      }
      List<Waiting> batch = deliveries.next(state.foundAt(), BATCH);
      if (batch.isEmpty()) {
        endIfNothingIsLeft(state.foundAt());
        return;
      }
      reconcile(batch);
    }
  }

  /** Counts the remaining mails, including those that are claimed since before the restore. */
  public long remaining(Instant restoredAt) {
    return deliveries.remaining(restoredAt);
  }

  private void endIfNothingIsLeft(Instant restoredAt) {
    // Claims from before the restore end when they expire.
    if (remaining(restoredAt) == 0) {
      restore.reconciled();
    }
  }

  private void reconcile(List<Waiting> batch) {
    SearchResult found = search(batch);
    int sent = 0;
    int held = 0;
    for (Waiting waiting : batch) {
      if (found.messages().contains(waiting.message())) {
        sent += deliveries.found(waiting) ? 1 : 0;
      } else {
        held += deliveries.hold(waiting, found.looked() ? NOT_FOUND : NOT_SEARCHED) ? 1 : 0;
      }
    }
    log.info(
        "account {}: {} queued mails, {} found in its Sent folder, {} held",
        batch.get(0).account(),
        batch.size(),
        sent,
        held);
    restore.progress(sent, held);
  }

  private SearchResult search(List<Waiting> batch) {
    Waiting first = batch.get(0);
    if (first.account() == null) {
      return new SearchResult(Set.<StoredMessageId>of(), false);
    }
    List<SearchedMail> wanted = new ArrayList<>();
    for (Waiting waiting : batch) {
      MessageId id = waiting.messageId();
      if (id != null) {
        wanted.add(
            new SearchedMail(waiting.message(), id, waiting.attempt(), waiting.acceptedAt()));
      }
    }
    return sentFolders.find(first.account(), wanted);
  }
}
