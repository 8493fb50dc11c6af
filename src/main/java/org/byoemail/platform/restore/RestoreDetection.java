package org.byoemail.platform.restore;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.byoemail.platform.audit.AuditLog;
import org.byoemail.platform.dossier.Dossier;
import org.byoemail.platform.dossier.DossierKind;
import org.byoemail.platform.event.EventPositions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Detects that the database was restored from a backup. A counter is incremented at each start and
 * every minute, and copied to Redis and the content store after the commit. A database that is
 * behind a copy was restored, as was a database other than the one that wrote its row. Then nothing
 * is sent until {@link #reconciled}, and new events get positions above any that may have been
 * assigned after the backup. Thread-safe.
 */
@Component
public class RestoreDetection implements InitializingBean {
  private static final Logger log = LoggerFactory.getLogger(RestoreDetection.class);
  private static final int RAISE_AFTER_SECONDS = 60;
  private static final int LEASE_SECONDS = 120;

  /** More events than are recorded between two copies. */
  static final long HEADROOM = 1_000_000;

  private final RestoreRows rows;
  private final CounterCopies copies;
  private final EventPositions positions;
  private final AuditLog audit;
  private final Dossier dossier;
  private final TransactionTemplate transactions;
  private volatile @Nullable State state;
  private volatile @Nullable Instant lastRestore;
  private long seen;

  RestoreDetection(
      RestoreRows rows,
      CounterCopies copies,
      EventPositions positions,
      AuditLog audit,
      Dossier dossier,
      TransactionTemplate transactions,
      MeterRegistry meters) {
    this.rows = rows;
    this.copies = copies;
    this.positions = positions;
    this.audit = audit;
    this.dossier = dossier;
    this.transactions = transactions;
    Gauge.builder("byo.database.restored", this, life -> life.state == null ? 0 : 1)
        .description("1 while nothing is sent because the database was restored from a backup")
        .register(meters);
  }

  /**
   * A restore that is not reconciled yet.
   *
   * @param foundAt when it was detected
   * @param backupAt about when the backup was made
   * @param reason how it was detected
   * @param behind whether it is known that the gateway ran after the backup was made
   * @param reconcilingSince null until an operator starts the reconciliation
   * @param found how many queued mails were found in Sent folders so far
   * @param held how many were not found and are held for a person
   */
  public record State(
      Instant foundAt,
      Instant backupAt,
      String reason,
      boolean behind,
      @Nullable Instant reconcilingSince,
      int found,
      int held) {

    private static @Nullable State of(RestoreRow row) {
      return row.isOpen()
          ? new State(
              Objects.requireNonNull(row.restoredAt()),
              Objects.requireNonNull(row.backupAt()),
              String.valueOf(row.reason()),
              row.behind(),
              row.reconcilingSince(),
              row.found(),
              row.held())
          : null;
    }
  }

  /** Before any route starts. */
  @Override
  public void afterPropertiesSet() {
    look(0);
  }

  /**
   * Checks that this is still the same database; increments and copies the counter once a minute.
   */
  public void look() {
    look(RAISE_AFTER_SECONDS);
  }

  private synchronized void look(int raiseAfter) {
    // Read the copies first: they are never ahead of what is read afterwards from the same
    // database.
    Optional<CounterCopy> copy = copies.read(rows.read().id());
    RestoreRow row = rows.read();
    if (row.counter() < seen) {
      CounterCopy memory = new CounterCopy(seen, 0);
      found(copy.map(memory::max).orElse(memory), "this node has seen it in a later state");
      row = rows.read();
    }
    seen = row.counter();
    String identity = rows.identity();
    if (!row.isOpen()) {
      if (copy.isPresent() && copy.get().counter() > row.counter()) {
        found(copy.get(), "a copy of its counter, in Redis or with the contents, is ahead");
      } else if (row.identity() == null) {
        rows.identify(identity);
      } else if (!RestoreRows.same(row.identity(), identity)) {
        found(
            copy.orElse(new CounterCopy(0, 0)),
            "it is another database than the one that it was copied from");
      }
    }
    Long raised = rows.raise(raiseAfter);
    if (raised != null) {
      seen = raised;
      // The copies stay ahead until the restore is reconciled.
      CounterCopy now = new CounterCopy(raised, positions.last() + HEADROOM);
      copies.write(row.id(), copy.map(now::max).orElse(now));
    }
    refresh();
  }

  private void found(CounterCopy copy, String reason) {
    transactions.executeWithoutResult(
        status -> {
          RestoreRow row = rows.lock();
          if (row.isOpen()) {
            return;
          }
          rows.restored(reason, copy.counter() > row.counter());
          positions.skipTo(Math.max(copy.position(), positions.last() + HEADROOM));
          audit.record("database.restored", null, null, Map.of("reason", reason));
          dossier.recordForAll(
              DossierKind.RESTORED,
              Map.of("reason", reason, "behind", copy.counter() > row.counter()));
        });
    log.error(
        "the database was restored from a backup ({}). Nothing is sent until an operator has its queued mail"
            + " reconciled: java -jar byo-email.jar restore reconcile",
        reason);
  }

  private void refresh() {
    RestoreRow row = rows.read();
    state = State.of(row);
    lastRestore = row.restoredAt();
  }

  /** The restore that is not reconciled yet, as of the last check; empty if absent. */
  public Optional<State> restored() {
    return Optional.ofNullable(state);
  }

  /**
   * Whether a mail received at a time may have been ingested after the backup was made.
   *
   * @param receivedAt when its server received it; null if that is not known
   */
  public boolean mayBeKnown(@Nullable Instant receivedAt) {
    Instant restore = lastRestore;
    return restore != null && receivedAt != null && !receivedAt.isAfter(restore);
  }

  /**
   * Starts the reconciliation of queued mail, or resumes sending at once if the database was only
   * moved.
   *
   * @param moved whether nothing ran on the old database after it was copied
   * @throws RestoreConflict if there is no restore, or {@code moved} is contradicted by a copy of
   *     the counter
   */
  @Transactional
  public void reconcile(boolean moved) {
    RestoreRow row = rows.lock();
    if (!row.isOpen()) {
      throw new RestoreConflict("the database was not restored: there is nothing to reconcile");
    }
    if (moved && row.behind()) {
      throw new RestoreConflict(
          "the gateway ran after this backup was made, so mail may have left: reconcile without moved");
    }
    audit.record("database.reconciled", null, null, Map.of("moved", moved));
    if (moved) {
      end(row);
    } else if (row.reconcilingSince() == null) {
      rows.reconciling();
    }
    refresh();
  }

  /**
   * Acquires or renews a node's lease for reconciling, for two minutes; false if an operator has
   * not started it, or another node has the lease.
   */
  public boolean mayReconcile(String node) {
    return rows.lease(node, LEASE_SECONDS);
  }

  /** Counts what was reconciled. */
  public void progress(int found, int held) {
    rows.progress(found, held);
    refresh();
  }

  /** Ends the restore after all queued mail was reconciled: sending resumes. */
  @Transactional
  public void reconciled() {
    RestoreRow row = rows.lock();
    if (row.isOpen()) {
      end(row);
      refresh();
    }
  }

  private void end(RestoreRow row) {
    rows.raiseAbove(copies.read(row.id()).map(CounterCopy::counter).orElse(0L));
    rows.reconciled(rows.identity());
    log.warn("the restore of the database is reconciled: sending resumes");
  }
}
