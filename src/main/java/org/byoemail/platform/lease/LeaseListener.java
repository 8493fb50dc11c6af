package org.byoemail.platform.lease;

import java.util.Set;
import org.byoemail.format.mail.MailboxId;

/** Notified of lease changes by the renewing thread; must return at once. */
public interface LeaseListener {

  /** Other nodes hold these mailboxes now. */
  void lost(Set<MailboxId> mailboxes);

  /** A node joined or left, or one is short of mailboxes: rebalance. */
  void changed();
}
