package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import java.util.ArrayList;
import java.util.List;
import org.byoemail.account.registry.AfterIngest;
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
    for (AfterIngest action : AfterIngest.values()) {
      List<Long> pending = nextPending(action);
      while (!pending.isEmpty()) {
        apply(action, pending);
        rows.done(context, pending);
        pending = nextPending(action);
      }
    }
    due = false;
  }

  private List<Long> nextPending(AfterIngest action) {
    return action == AfterIngest.NONE ? new ArrayList<>() : rows.pending(context, action, MAX_UIDS);
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
