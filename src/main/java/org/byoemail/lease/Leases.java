package org.byoemail.lease;

import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Gives out leases. The newest holder wins: taking a mailbox raises its fence, and whoever held it
 * before can write nothing more.
 */
@Repository
public class Leases {
  private final JdbcClient jdbc;

  Leases(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Takes a mailbox; empty where it is gone. */
  public Optional<Lease> acquire(UUID mailbox) {
    return jdbc.sql("UPDATE mailbox SET fence = fence + 1 WHERE id = :mailbox RETURNING fence")
        .param("mailbox", mailbox)
        .query(Long.class)
        .optional()
        .map(fence -> new Lease(mailbox, fence));
  }

  /** Whether the lease is still the current one. */
  public boolean isHeld(Lease lease) {
    return jdbc.sql("SELECT fence = :fence FROM mailbox WHERE id = :mailbox")
        .param("fence", lease.fence())
        .param("mailbox", lease.mailbox())
        .query(Boolean.class)
        .optional()
        .orElse(false);
  }
}
