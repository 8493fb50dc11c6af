package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import java.util.ArrayList;
import java.util.List;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.inbound.mailbox.RemoteFolder.Refused;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does on the server what is to be done with mail that was taken in. What is due is read from the
 * database each time, under the fence, so that it is done after a crash too, and by nobody whose
 * lease is gone.
 */
final class PostIngestActions {
  private static final Logger log = LoggerFactory.getLogger(PostIngestActions.class);
  private static final int AT_ONCE = 200;

  private final RemoteFolder folder;
  private final MailboxContext context;
  private final MailboxRows rows;
  private boolean due = true;

  PostIngestActions(RemoteFolder folder, MailboxContext context, MailboxRows rows) {
    this.folder = folder;
    this.context = context;
    this.rows = rows;
  }

  /** More mail was taken in. */
  void expect() {
    due = true;
  }

  void doWhatIsDue() throws MessagingException {
    if (!due || context.after() == AfterIngest.NONE) {
      return;
    }
    for (AfterIngest action : AfterIngest.values()) {
      List<Long> pending = nextOf(action);
      while (!pending.isEmpty()) {
        doTo(action, pending);
        rows.done(context, pending);
        pending = nextOf(action);
      }
    }
    due = false;
  }

  private List<Long> nextOf(AfterIngest action) {
    return action == AfterIngest.NONE ? new ArrayList<>() : rows.pending(context, action, AT_ONCE);
  }

  private void doTo(AfterIngest action, List<Long> uids) throws MessagingException {
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
