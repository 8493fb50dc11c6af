package org.byoemail.platform.lease;

import java.util.Collection;
import java.util.List;
import org.byoemail.format.mail.MailboxId;

/**
 * The fences of mailboxes, in PostgreSQL: every write of a watcher names the fence of its lease,
 * and is refused once another lease has raised it. Implemented by the feature that owns the
 * mailboxes.
 */
public interface MailboxFences {

  /**
   * Raises the fences of mailboxes for a node. A row that another transaction has locked is skipped
   * and not waited for: its holder may be frozen in the middle of a transaction.
   *
   * @param node the id of the node
   * @return the leases of those that were raised
   */
  List<Lease> raise(String node, Collection<MailboxId> mailboxes);

  /** Records that a node holds mailboxes no longer; their fences stay. */
  void free(String node, Collection<MailboxId> mailboxes);
}
