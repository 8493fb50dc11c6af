package org.byoemail.inbound.mailbox;

import java.time.Instant;
import java.util.Optional;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.platform.event.EventData.MailboxReset;
import org.byoemail.platform.event.Events;
import org.byoemail.platform.event.Events.NewEvent;
import org.byoemail.platform.lease.Lease;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Moves the cursor of a mailbox elsewhere: after a change of UIDVALIDITY, or to backfill older
 * mail. Each write checks the fence of the lease.
 */
@Repository
class MailboxResets {
  private final JdbcClient jdbc;
  private final Events events;

  MailboxResets(JdbcClient jdbc, Events events) {
    this.jdbc = jdbc;
    this.events = events;
  }

  /**
   * Starts a new epoch after a change of UIDVALIDITY, and records the event.
   *
   * @throws LeaseLost if the lease is no longer current
   */
  @Transactional
  public void reset(
      Account account,
      Lease lease,
      Cursor before,
      Cursor start,
      String folder,
      ResyncWindow window) {
    int moved =
        jdbc.sql(
                """
                UPDATE mailbox SET uid_validity = :validity, last_uid = :uid, modseq = NULL,
                  epoch = epoch + 1, reset_at = statement_timestamp(), reset_uid_next = :uidNext,
                  reset_last_date = :lastDate
                WHERE id = :mailbox AND fence = :fence
                """)
            .param("validity", start.uidValidity())
            .param("uid", start.lastUid())
            .param("uidNext", window.uidNext())
            .param("lastDate", SqlTimestamps.parameter(window.lastDate()))
            .param("mailbox", lease.mailbox().value())
            .param("fence", lease.fence())
            .update();
    if (moved == 0) {
      throw new LeaseLost(lease.mailbox());
    }
    events.record(
        new NewEvent(
            account.organization(),
            null,
            account.id().value(),
            new MailboxReset(
                lease.mailbox().value(), folder, before.uidValidity(), start.uidValidity())));
  }

  /** When the latest mail that was read from a mailbox had arrived; null if absent. */
  @Nullable Instant lastDate(MailboxId mailbox) {
    return jdbc.sql("SELECT max(received_at) AS last FROM inbound_mail WHERE mailbox_id = :mailbox")
        .param("mailbox", mailbox.value())
        .query((row, number) -> Optional.ofNullable(SqlTimestamps.read(row, "last")))
        .single()
        .orElse(null);
  }

  /** Moves the cursor back to a UID, to backfill mail since then. */
  void setBack(Lease lease, long uid, Instant since) {
    int moved =
        jdbc.sql(
                """
                UPDATE mailbox SET last_uid = :uid, backfilled_since = :since
                WHERE id = :mailbox AND fence = :fence
                """)
            .param("uid", uid)
            .param("since", SqlTimestamps.parameter(since))
            .param("mailbox", lease.mailbox().value())
            .param("fence", lease.fence())
            .update();
    if (moved == 0) {
      throw new LeaseLost(lease.mailbox());
    }
  }

  /** Records HIGHESTMODSEQ (RFC 7162) as of the selection of the folder. */
  void modseq(Lease lease, long modseq) {
    jdbc.sql(
            """
            UPDATE mailbox SET modseq = :modseq WHERE id = :mailbox AND fence = :fence
              AND modseq IS DISTINCT FROM :modseq
            """)
        .param("modseq", modseq)
        .param("mailbox", lease.mailbox().value())
        .param("fence", lease.fence())
        .update();
  }
}
