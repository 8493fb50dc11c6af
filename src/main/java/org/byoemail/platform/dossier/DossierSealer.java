package org.byoemail.platform.dossier;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.event.EventData.DossierSealed;
import org.byoemail.platform.event.Events;
import org.byoemail.platform.event.Events.NewEvent;
import org.byoemail.platform.health.CachedQuery;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Chains the entries that have committed, each organisation's apart, signs the heads and publishes
 * them as events. On one node at a time, by an advisory lock. Called by a route; thread-safe.
 */
@Component("dossierSealer")
public class DossierSealer {
  private static final Logger log = LoggerFactory.getLogger(DossierSealer.class);
  private static final int BATCH = 2000;
  private static final int MAX_BATCHES = 50;

  /** PostgreSQL loses a few numbers at a crash, not that many. */
  private static final int MAX_GAPS = 100_000;

  private static final Duration FRESH = Duration.ofSeconds(10);
  private static final HexFormat HEX = HexFormat.of();

  private final ChainRows rows;
  private final Dossier dossier;
  private final Events events;
  private final TransactionTemplate transaction;
  private final @Nullable SigningKey key;
  private final CachedQuery<Double> lag; // The gauge itself holds it weakly.
  private volatile boolean refused;

  DossierSealer(
      ChainRows rows,
      Dossier dossier,
      Events events,
      PlatformTransactionManager transactions,
      DossierSettings settings,
      Clock clock,
      MeterRegistry meters) {
    this.rows = rows;
    this.dossier = dossier;
    this.events = events;
    this.transaction = new TransactionTemplate(transactions);
    this.key = settings.key();
    this.lag = new CachedQuery<>(rows::lag, Double.NaN, FRESH, clock);
    Gauge.builder("byo.dossier.lag", lag, CachedQuery::get)
        .baseUnit("seconds")
        .description("how long the oldest entry of a dossier has waited for its seal")
        .register(meters);
  }

  /** Seals what has committed, unless another node does. */
  public void seal() {
    for (int i = 0; i < MAX_BATCHES && rows.isWaiting(); i++) {
      Integer found = transaction.execute(status -> rows.lock() ? step() : 0);
      if (found == null || found < BATCH) {
        return;
      }
    }
  }

  private int step() {
    if (key == null && rows.isSigned()) {
      if (!refused) {
        log.warn(
            "dossiers are not sealed by this node: their chains are signed, and byo.dossier.signing-key is not set");
      }
      refused = true;
      return 0;
    }
    ChainRows.Progress progress = rows.progress();
    List<StoredEntry> entries = rows.unsealed(progress.upTo(), BATCH);
    long upTo = entries.stream().mapToLong(StoredEntry::number).max().orElse(0);
    upTo = Math.max(upTo, progress.upTo());
    Set<Long> found = new HashSet<>();
    entries.forEach(entry -> found.add(entry.number()));
    if (!entries.isEmpty()) {
      if (key != null) {
        rows.known(key);
      }
      chain(entries, upTo, progress);
    }
    Set<Long> closed = new HashSet<>(progress.settled());
    closed.addAll(found);
    rows.proceed(upTo, gaps(progress.upTo(), upTo, found), closed);
    return entries.size();
  }

  private void chain(List<StoredEntry> entries, long upTo, ChainRows.Progress progress) {
    Map<String, List<StoredEntry>> byOrganization = new TreeMap<>();
    entries.forEach(
        entry ->
            byOrganization
                .computeIfAbsent(entry.organization(), none -> new ArrayList<>())
                .add(entry));
    Map<String, Seal> last = rows.last(byOrganization.keySet());
    List<Seal> seals = new ArrayList<>();
    byOrganization.forEach(
        (organization, own) -> {
          Seal before = last.get(organization);
          seals.add(seal(organization, own, before, upTo, progress));
          noteKey(organization, before);
        });
    rows.store(seals);
    events.record(seals.stream().map(DossierSealer::event).toList());
  }

  private Seal seal(
      String organization,
      List<StoredEntry> entries,
      @Nullable Seal before,
      long upTo,
      ChainRows.Progress progress) {
    long number = before == null ? 1 : before.number() + 1;
    byte[] previous = before == null ? DossierDigests.NO_HEAD : before.head();
    byte[] root = DossierDigests.root(entries.stream().map(StoredEntry::leaf).toList());
    String keyId = key == null ? null : key.id();
    byte[] head =
        DossierDigests.head(
            organization, number, previous, root, entries.size(), progress.now(), keyId);
    return new Seal(
        organization,
        number,
        previous,
        root,
        head,
        progress.now(),
        entries.size(),
        entries.stream().map(StoredEntry::number).toList(),
        upTo,
        keyId,
        key == null ? null : key.sign(head));
  }

  private void noteKey(String organization, @Nullable Seal before) {
    if (before != null && key != null && !key.id().equals(before.key())) {
      Map<String, Object> content = new HashMap<>();
      content.put("key", key.id());
      content.put("publicKey", HEX.formatHex(key.publicKey()));
      if (before.key() != null) {
        content.put("before", before.key());
      }
      dossier.record(
          new DossierEntry(
              new OrganizationId(organization), null, DossierKind.KEY_CHANGED, content));
    }
  }

  private static NewEvent event(Seal seal) {
    return new NewEvent(
        new OrganizationId(seal.organization()),
        null,
        null,
        new DossierSealed(
            seal.number(),
            HEX.formatHex(seal.head()),
            HEX.formatHex(seal.previous()),
            seal.count(),
            seal.sealedAt(),
            seal.key(),
            seal.signature() == null ? null : HEX.formatHex(seal.signature())));
  }

  private static List<Long> gaps(long after, long upTo, Set<Long> found) {
    long first = after + 1;
    if (upTo - after > MAX_GAPS + found.size()) {
      log.error(
          "the numbers of dossier entries jumped from {} to {}: entries between them that commit late get no seal",
          after,
          upTo);
      first = upTo - MAX_GAPS;
    }
    List<Long> gaps = new ArrayList<>();
    for (long number = first; number < upTo; number++) {
      if (!found.contains(number)) {
        gaps.add(number);
      }
    }
    return gaps;
  }
}
