package org.byoemail.platform.lease;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.byoemail.format.mail.MailboxId;

/** The leases that this node believes it holds. Thread-safe. */
class HeldLeases {
  private final Map<MailboxId, Long> fences = new ConcurrentHashMap<>();

  void add(Lease lease) {
    fences.put(lease.mailbox(), lease.fence());
  }

  /** Whether it was held. */
  boolean remove(MailboxId mailbox) {
    return fences.remove(mailbox) != null;
  }

  boolean contains(Lease lease) {
    Long fence = fences.get(lease.mailbox());
    return fence != null && fence == lease.fence();
  }

  /** Whether the same mailbox is held by a later lease. */
  boolean hasNewer(Lease lease) {
    Long fence = fences.get(lease.mailbox());
    return fence != null && fence > lease.fence();
  }

  List<MailboxId> all() {
    return List.copyOf(fences.keySet());
  }

  int count() {
    return fences.size();
  }
}
