package org.byoemail.account.registry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Reseals secrets that were sealed with an older key of the keyset, so that the older key may go.
 * One node at a time does it, in batches of a transaction each: a stop in between loses nothing. A
 * secret that is changed meanwhile stays as it was changed, and versions of accounts stay too.
 *
 * <p>Nodes may have different first keys while a rotation is rolled out. The one that started last
 * with another first key than the present one decides, and the others leave secrets alone.
 */
@Component("resealing")
public class Resealing {
  private static final Logger log = LoggerFactory.getLogger(Resealing.class);
  private static final int MAX_BATCH = 100;
  private static final int MAX_BATCHES = 100;
  private static final int MAX_NAMED = 10;
  private static final UUID START = new UUID(0, 0);

  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final Secrets secrets;
  private final List<SealedColumn> columns;
  private boolean announced;
  private volatile @Nullable Progress progress;

  Resealing(
      JdbcClient jdbc,
      TransactionTemplate transactions,
      Secrets secrets,
      List<SealedColumns> features,
      MeterRegistry meters) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.secrets = secrets;
    this.columns = features.stream().flatMap(one -> one.columns().stream()).toList();
    gauge(meters, "present", Progress::sealed);
    gauge(meters, "older", Progress::remaining);
  }

  /**
   * How far it is.
   *
   * @param sealed how many secrets are sealed with the present key
   * @param total how many there are
   * @param unopenable how many of the others no key of this node opens
   */
  public record Progress(long sealed, long total, long unopenable) {
    /** How many are sealed with another key. */
    public long remaining() {
      return total - sealed;
    }

    /** Whether every older key may go. */
    public boolean isComplete() {
      return remaining() == 0;
    }

    /** The sentence of logs, health and console. */
    public String words() {
      return sealed + " of " + total + " sealed with the present key";
    }
  }

  private record Sealed(UUID owner, SealedSecret secret) {}

  /**
   * A batch.
   *
   * @param last the id after which to continue; null: the column is done for now
   */
  private record Batch(@Nullable UUID last, List<UUID> unopenable) {}

  private void gauge(MeterRegistry meters, String key, ToDoubleFunction<Progress> number) {
    Gauge.builder(
            "byo.secrets",
            () -> progress().map(now -> number.applyAsDouble(now)).orElse(Double.NaN))
        .tag("key", key)
        .description("sealed secrets, by the key that they are sealed with")
        .register(meters);
  }

  /** How far it was at the end of this node's last round; empty before the first. */
  public Optional<Progress> progress() {
    return Optional.ofNullable(progress);
  }

  /** One round: reseals up to 10,000 secrets, unless another node does. */
  public synchronized void round() {
    byte[] prefix = announce();
    Progress before = progress;
    Progress start = count(prefix, 0);
    long unopenable = 0;
    if (!start.isComplete()) {
      for (SealedColumn column : columns) {
        unopenable += reseal(column, prefix);
      }
    }
    Progress now = start.isComplete() ? start : count(prefix, unopenable);
    progress = now;
    logProgress(before, start, now);
  }

  private static void logProgress(@Nullable Progress before, Progress start, Progress now) {
    boolean news = before == null ? !start.isComplete() : !before.equals(now);
    if (!news) {
      return;
    }
    if (!now.isComplete()) {
      log.info("Secrets: {}", now.words());
    } else if (before == null || !before.isComplete()) {
      log.info(
          "Secrets: {}; older keys of byo.secret.keyset may be removed once every node has the"
              + " present one first",
          now.words());
    }
  }

  /** Makes this node's first key the present one, once, and returns the present one. */
  private byte[] announce() {
    if (!announced) {
      jdbc.sql(
              """
              INSERT INTO sealing_key (prefix, since) VALUES (:prefix, statement_timestamp())
              ON CONFLICT (singleton) DO UPDATE SET prefix = excluded.prefix, since = excluded.since
                WHERE sealing_key.prefix <> excluded.prefix
              """)
          .param("prefix", secrets.prefix())
          .update();
      announced = true;
    }
    return jdbc.sql("SELECT prefix FROM sealing_key").query(byte[].class).single();
  }

  private Progress count(byte[] prefix, long unopenable) {
    long sealed = 0;
    long total = 0;
    for (SealedColumn column : columns) {
      Progress one =
          jdbc.sql(column.count())
              .param("prefix", prefix)
              .query((row, number) -> new Progress(row.getLong("sealed"), row.getLong("total"), 0))
              .single();
      sealed += one.sealed();
      total += one.total();
    }
    return new Progress(sealed, total, unopenable);
  }

  private int reseal(SealedColumn column, byte[] prefix) {
    List<UUID> unopenable = new ArrayList<>();
    UUID after = START;
    for (int i = 0; i < MAX_BATCHES && after != null; i++) {
      UUID behind = after;
      Batch batch =
          Objects.requireNonNull(transactions.execute(status -> batch(column, prefix, behind)));
      unopenable.addAll(batch.unopenable());
      after = batch.last();
    }
    if (!unopenable.isEmpty()) {
      log.warn(
          "No key of byo.secret.keyset opens {} secrets of {}, such as the secrets of {}: put the key that"
              + " sealed them back, or set them again",
          unopenable.size(),
          column,
          unopenable.subList(0, Math.min(MAX_NAMED, unopenable.size())));
    }
    return unopenable.size();
  }

  private Batch batch(SealedColumn column, byte[] prefix, UUID after) {
    if (!mayReseal(prefix)) {
      return new Batch(null, List.of());
    }
    List<Sealed> found =
        jdbc.sql(column.select())
            .param("prefix", prefix)
            .param("after", after)
            .param("limit", MAX_BATCH)
            .query(
                (row, number) ->
                    new Sealed(
                        row.getObject("owner", UUID.class),
                        new SealedSecret(row.getBytes("sealed"))))
            .list();
    List<UUID> unopenable = new ArrayList<>();
    for (Sealed one : found) {
      Optional<SealedSecret> fresh = resealed(one, column.field());
      if (fresh.isEmpty()) {
        unopenable.add(one.owner());
        continue;
      }
      jdbc.sql(column.update())
          .param("owner", one.owner())
          .param("sealed", one.secret().bytes())
          .param("fresh", fresh.get().bytes())
          .update();
    }
    return new Batch(
        found.size() < MAX_BATCH ? null : found.get(found.size() - 1).owner(), unopenable);
  }

  private Optional<SealedSecret> resealed(Sealed one, String field) {
    try {
      return Optional.of(
          secrets.seal(one.owner(), field, secrets.open(one.owner(), field, one.secret())));
    } catch (IllegalStateException e) {
      log.debug("A secret cannot be resealed", e);
      return Optional.empty();
    }
  }

  /** Whether the present key is this node's first one still, and no other node is at it. */
  private boolean mayReseal(byte[] prefix) {
    return jdbc.sql(
            """
            SELECT coalesce((SELECT prefix = :own AND prefix = :prefix FROM sealing_key), false)
              AND pg_try_advisory_xact_lock(hashtextextended('byo resealing', 0))
            """)
        .param("own", secrets.prefix())
        .param("prefix", prefix)
        .query(Boolean.class)
        .single();
  }
}
