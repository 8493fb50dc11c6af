package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.inbound.mailbox.MailboxRows.Pending;
import org.byoemail.inbound.mailbox.RemoteFolder.Refused;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Marks, deletes or moves ingested mail on the server. What is pending is read from the database
 * each time, under the fence: it survives a crash, and a node that lost its lease does nothing.
 */
final class PostIngestActions {
  private static final Logger log = LoggerFactory.getLogger(PostIngestActions.class);
  private static final int MAX_UIDS = 200;

  private final RemoteFolder folder;
  private final MailboxContext context;
  private final MailboxRows rows;
  private boolean due = true;

  PostIngestActions(RemoteFolder folder, MailboxContext context, MailboxRows rows) {
    this.folder = folder;
    this.context = context;
    this.rows = rows;
  }

  /** More mail was ingested. */
  void markPending() {
    due = true;
  }

  void runPending() throws MessagingException {
    if (!due || context.after() == AfterIngest.NONE) {
      return;
    }
    List<Pending> pending;
    do {
      pending = rows.pending(context, MAX_UIDS);
      Map<AfterIngest, List<Long>> uids = new EnumMap<>(AfterIngest.class);
      for (Pending mail : pending) {
        uids.computeIfAbsent(mail.action(), any -> new ArrayList<>()).add(mail.uid());
      }
      for (Map.Entry<AfterIngest, List<Long>> entry : uids.entrySet()) {
        apply(entry.getKey(), entry.getValue());
        rows.done(context, entry.getValue());
      }
    } while (pending.size() == MAX_UIDS);
    due = false;
  }

  private void apply(AfterIngest action, List<Long> uids) throws MessagingException {
    try {
      switch (action) {
        case SEEN -> folder.markSeen(uids);
        case DELETE -> folder.delete(uids);
        case MOVE -> {
          String target = context.account().settings().inbound().moveTo();
          if (target != null) {
            folder.move(uids, target);
          }
        }
        case NONE -> {
          // Nothing is ever pending.
        }
      }
    } catch (Refused e) {
      log.warn("{}: the server refuses to {} mail: {}", context, action.word(), e.getMessage());
    }
  }
}
