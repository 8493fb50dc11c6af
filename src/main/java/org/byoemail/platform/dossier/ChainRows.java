package org.byoemail.platform.dossier;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The rows of chains, as the sealer reads and writes them in its transaction. Thread-safe. */
@Repository
class ChainRows {
  /** The advisory lock for sealing. */
  static final long LOCK = 0x62796f2d646f7373L;

  private final JdbcClient jdbc;

  ChainRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Whether entries wait for a seal, or numbers that were passed over for their transactions. */
  boolean isWaiting() {
    return jdbc.sql(
            """
            SELECT EXISTS (SELECT 1 FROM dossier_entry
                WHERE number > coalesce((SELECT up_to FROM dossier_progress), 0))
              OR EXISTS (SELECT 1 FROM dossier_gap)
            """)
        .query(Boolean.class)
        .single();
  }

  /** Takes the lock for sealing until the transaction ends, unless another node has it. */
  boolean lock() {
    return jdbc.sql("SELECT pg_try_advisory_xact_lock(:lock)")
        .param("lock", LOCK)
        .query(Boolean.class)
        .single();
  }

  /** Whether a head was ever signed. */
  boolean isSigned() {
    return jdbc.sql("SELECT EXISTS (SELECT 1 FROM dossier_key)").query(Boolean.class).single();
  }

  /**
   * How far sealing has come.
   *
   * @param upTo the highest number sealed
   * @param settled numbers passed over whose transactions have ended: those without an entry, as a
   *     later statement sees it, never get one
   */
  record Progress(long upTo, List<Long> settled, Instant now) {}

  Progress progress() {
    return jdbc.sql(
            """
            SELECT coalesce((SELECT up_to FROM dossier_progress), 0) AS up_to, statement_timestamp() AS now,
              ARRAY(SELECT g.number FROM dossier_gap g WHERE g.seen_at < statement_timestamp() - interval '1 min'
                AND NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.datname = current_database()
                  AND a.pid <> pg_backend_pid() AND a.xact_start < g.seen_at)) AS settled
            """)
        .query(
            (row, number) ->
                new Progress(
                    row.getLong("up_to"),
                    Arrays.asList((Long[]) row.getArray("settled").getArray()),
                    row.getTimestamp("now").toInstant()))
        .single();
  }

  /** The next entries after a number, and those that were passed over, without their contents. */
  List<StoredEntry> unsealed(long after, int limit) {
    return jdbc.sql(
            """
            SELECT e.* FROM (
              SELECT number, organization, message_id, kind, recorded_at, digest, NULL::bytea AS salt,
                NULL::text AS content FROM dossier_entry WHERE number > :after ORDER BY number LIMIT :limit) e
            UNION ALL
            SELECT e.number, e.organization, e.message_id, e.kind, e.recorded_at, e.digest, NULL, NULL
              FROM dossier_gap g JOIN dossier_entry e ON e.number = g.number
            ORDER BY number
            """)
        .param("after", after)
        .param("limit", limit)
        .query(StoredEntry::of)
        .list();
  }

  /** The last seals of organisations that have one. */
  Map<String, Seal> last(Collection<String> organizations) {
    Map<String, Seal> last = new HashMap<>();
    jdbc.sql(
            """
            SELECT s.* FROM unnest(:organizations::text[]) AS o (organization)
              CROSS JOIN LATERAL (SELECT * FROM dossier_seal s WHERE s.organization = o.organization
                ORDER BY s.number DESC LIMIT 1) s
            """)
        .param("organizations", organizations.toArray(String[]::new))
        .query(Seal::of)
        .list()
        .forEach(seal -> last.put(seal.organization(), seal));
    return last;
  }

  void store(List<Seal> seals) {
    for (Seal seal : seals) {
      jdbc.sql(
              """
              INSERT INTO dossier_seal (organization, number, previous, root, head, sealed_at, entry_count, entries,
                up_to, key_id, signature)
              VALUES (:organization, :number, :previous, :root, :head, :sealedAt::timestamptz, :count, :entries,
                :upTo, :key, :signature)
              """)
          .param("organization", seal.organization())
          .param("number", seal.number())
          .param("previous", seal.previous())
          .param("root", seal.root())
          .param("head", seal.head())
          .param("sealedAt", seal.sealedAt().toString())
          .param("count", seal.count())
          .param("entries", numbers(seal.entries() == null ? List.of() : seal.entries()))
          .param("upTo", seal.upTo())
          .param("key", seal.key())
          .param("signature", seal.signature())
          .update();
    }
  }

  /** Records how far sealing has come, and which numbers below that may still get an entry. */
  void proceed(long upTo, Collection<Long> gaps, Collection<Long> closed) {
    jdbc.sql(
            """
            WITH closed AS (DELETE FROM dossier_gap WHERE number = ANY (:closed::bigint[])),
            gaps AS (
              INSERT INTO dossier_gap (number, seen_at)
              SELECT g.number, statement_timestamp() FROM unnest(:gaps::bigint[]) AS g (number))
            INSERT INTO dossier_progress (up_to) VALUES (:upTo)
            ON CONFLICT (only_row) DO UPDATE SET up_to = greatest(dossier_progress.up_to, excluded.up_to)
            """)
        .param("upTo", upTo)
        .param("gaps", numbers(gaps))
        .param("closed", numbers(closed))
        .update();
  }

  void known(SigningKey key) {
    jdbc.sql(
            """
            INSERT INTO dossier_key (id, public_key, first_used_at) VALUES (:id, :key, statement_timestamp())
            ON CONFLICT (id) DO NOTHING
            """)
        .param("id", key.id())
        .param("key", key.publicKey())
        .update();
  }

  /** How long the oldest entry without a seal has waited, in seconds. */
  double lag() {
    return jdbc.sql(
            """
            SELECT coalesce(extract(epoch FROM statement_timestamp() - (SELECT recorded_at FROM dossier_entry
              WHERE number > coalesce((SELECT up_to FROM dossier_progress), 0) ORDER BY number LIMIT 1)), 0)
            """)
        .query(Double.class)
        .single();
  }

  private static Long[] numbers(Collection<Long> numbers) {
    return numbers.toArray(Long[]::new);
  }
}
