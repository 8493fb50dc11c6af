package org.byoemail.platform.lease;

import java.util.Set;
import java.util.UUID;

/** Whoever watches mailboxes under leases. Called by the thread that renews: returns at once. */
public interface LeaseListener {

  /** Other nodes have them now. */
  void lost(Set<UUID> mailboxes);

  /** A node came or went, or one is short of mailboxes: look what is to be taken or given. */
  void changed();
}
