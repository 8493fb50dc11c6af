package org.byoemail.inbound.ingest;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.byoemail.inbound.ingest.RereadProgress.Claim;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Reads stored mail again that an earlier version of the reader has read: its text, hidden text and
 * findings are made from the raw bytes that are kept, in small steps, from the oldest on. What is
 * known of the sender from the time of arrival stays. One node at a time; called by a route.
 */
@Component("rereading")
public class Rereading {
  private static final Logger log = LoggerFactory.getLogger(Rereading.class);
  private static final int MAX_ROWS = 500;
  private static final int MAX_MAILS = 20;
  private static final long MAX_BYTES = 4 << 20;

  /** After so many steps that failed or were killed, mails are read one by one. */
  private static final int ONE_BY_ONE = 2;

  /** After so many, the one that is next is left as it is. */
  private static final int MAX_ATTEMPTS = 5;

  private static final Duration IDLE = Duration.ofMinutes(1);

  private final RereadProgress progress;
  private final RereadReader reader;
  private final RereadStore store;
  private final TransactionTemplate transactions;
  private final Clock clock;
  private final int version;
  private final UUID node = UUID.randomUUID();
  private final Counter changed;
  private final Counter same;
  private final Counter left;
  private volatile double lag = Double.NaN;
  private Instant next = Instant.MIN;
  private boolean away;

  @Autowired
  Rereading(
      RereadProgress progress,
      RereadReader reader,
      RereadStore store,
      TransactionTemplate transactions,
      Clock clock,
      MeterRegistry meters) {
    this(progress, reader, store, transactions, clock, meters, MailReader.VERSION);
  }

  /** A node with that version of the reader. */
  Rereading(
      RereadProgress progress,
      RereadReader reader,
      RereadStore store,
      TransactionTemplate transactions,
      Clock clock,
      MeterRegistry meters,
      int version) {
    this.version = version;
    this.progress = progress;
    this.reader = reader;
    this.store = store;
    this.transactions = transactions;
    this.clock = clock;
    this.changed = counter(meters, "changed");
    this.same = counter(meters, "same");
    this.left = counter(meters, "left");
    Gauge.builder("byo.inbound.reread.lag", this, one -> one.lag)
        .description("age of the mail that this node has read again last; 0 once all is read")
        .baseUnit("seconds")
        .register(meters);
  }

  private static Counter counter(MeterRegistry meters, String outcome) {
    return Counter.builder("byo.inbound.reread")
        .description("stored mails that were read again, by what became of them")
        .tag("outcome", outcome)
        .register(meters);
  }

  /** Takes a step, unless all mail is read or another node is at it. */
  public synchronized void step() {
    if (clock.instant().isBefore(next)) {
      return;
    }
    Claim claim = progress.claim(version, node).orElse(null);
    if (claim == null) {
      lag = Double.NaN;
      next = clock.instant().plus(IDLE);
      return;
    }
    List<StoredMail> rows = progress.after(claim, MAX_ROWS);
    if (rows.isEmpty()) {
      progress.finish(version, node);
      lag = 0;
      next = clock.instant().plus(IDLE);
      return;
    }
    try {
      take(claim, rows);
      away = false;
    } catch (RereadReader.StoreAway e) {
      // No attempt: else mail would be left as it is because of the store. Said once.
      progress.release(version, node);
      next = clock.instant().plus(IDLE);
      if (!away) {
        log.warn("stored mail is not read again for now: {}", e.getMessage(), e.getCause());
      }
      away = true;
    }
  }

  private void take(Claim claim, List<StoredMail> rows) {
    int most = claim.attempts() > ONE_BY_ONE ? 1 : MAX_MAILS;
    boolean skips = claim.attempts() > MAX_ATTEMPTS;
    List<RereadReader.Read> read = new ArrayList<>();
    UUID to = claim.position();
    int mails = 0;
    long bytes = 0;
    for (StoredMail row : rows) {
      if (row.isDue(version)) {
        if (mails == most || mails > 0 && bytes + row.size() > MAX_BYTES) {
          break;
        }
        mails++;
        bytes += row.size();
        if (skips) {
          log.warn("mail {} stays as it is: it could not be read again", row.id());
        } else {
          reader.read(row).ifPresent(read::add);
        }
      }
      to = row.id();
    }
    store(to, mails, read);
    lag = Math.max(0, (clock.millis() - (to.getMostSignificantBits() >>> 16)) / 1000.0);
  }

  private void store(UUID to, int mails, List<RereadReader.Read> read) {
    int stored =
        transactions.execute(
            status -> {
              int found = store.store(read, version);
              if (!progress.advance(version, node, to, mails, found)) {
                // Another node has taken it over.
                status.setRollbackOnly();
                return -1;
              }
              return found;
            });
    if (stored >= 0) {
      changed.increment(stored);
      same.increment(read.size() - stored);
      left.increment(mails - read.size());
    }
  }
}
