package org.byoemail.platform.dossier;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Verifies the chains in a database, which should not change meanwhile: by one transaction with the
 * isolation REPEATABLE READ. Reads only.
 */
public final class DossierVerifier {
  private static final int SEALS = 50;

  private final JdbcClient jdbc;

  public DossierVerifier(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Verifies chains.
   *
   * @param organization the only one; null: all of them
   * @param keys the public keys that are trusted (PEM or Base64); none: those that the database
   *     names, which proves less
   * @param unsignedUpTo with keys: the last seal that was made before there was a key
   * @param heads published heads of that organisation, by their numbers
   * @throws IllegalArgumentException if a key cannot be read
   */
  public List<ChainVerification.Result> verify(
      @Nullable String organization,
      List<String> keys,
      long unsignedUpTo,
      Map<Long, String> heads) {
    Map<String, byte[]> trusted = keys.isEmpty() ? known() : parsed(keys);
    List<String> organizations =
        organization == null
            ? jdbc.sql(
                    """
                    SELECT organization FROM dossier_seal UNION SELECT organization FROM dossier_entry
                    ORDER BY organization
                    """)
                .query(String.class)
                .list()
            : List.of(organization);
    return organizations.stream()
        .map(
            one ->
                verify(
                    one,
                    new ChainVerification(
                        one, trusted, keys.isEmpty() ? null : unsignedUpTo, heads)))
        .toList();
  }

  /** Those keys by their ids. */
  static Map<String, byte[]> parsed(List<String> keys) {
    Map<String, byte[]> parsed = new HashMap<>();
    for (String text : keys) {
      byte[] key = SigningKey.parsePublic(text);
      parsed.put(SigningKey.idOf(key), key);
    }
    return parsed;
  }

  private Map<String, byte[]> known() {
    Map<String, byte[]> known = new HashMap<>();
    jdbc.sql("SELECT public_key FROM dossier_key")
        .query((row, number) -> row.getBytes("public_key"))
        .list()
        .forEach(key -> known.put(SigningKey.idOf(key), key));
    return known;
  }

  private ChainVerification.Result verify(String organization, ChainVerification chain) {
    long after = 0;
    long found = 0;
    List<Seal> seals;
    do {
      seals =
          jdbc.sql(
                  """
                  SELECT * FROM dossier_seal WHERE organization = :organization AND number > :after
                  ORDER BY number LIMIT :limit
                  """)
              .param("organization", organization)
              .param("after", after)
              .param("limit", SEALS)
              .query(Seal::of)
              .list();
      for (Seal seal : seals) {
        List<StoredEntry> entries = entries(seal);
        found += entries.size();
        chain.add(seal, entries);
        after = seal.number();
      }
    } while (seals.size() == SEALS);
    long outside = sealedBefore(organization) - found;
    if (outside > 0) {
      chain.problem(outside + " entries are in no seal, though later ones are");
    }
    unsealedErasures(organization).forEach(chain::unsealedErasure);
    return chain.end();
  }

  private List<StoredEntry> entries(Seal seal) {
    return seal.entries() == null
        ? new ArrayList<>()
        : jdbc.sql(
                "SELECT "
                    + StoredEntry.COLUMNS
                    + " FROM dossier_entry e WHERE e.number = ANY (:numbers::bigint[])")
            .param("numbers", seal.entries().toArray(Long[]::new))
            .query(StoredEntry::of)
            .list();
  }

  /** What erasures say that the sealer has not reached: it comes seconds after them. */
  private List<StoredEntry> unsealedErasures(String organization) {
    return jdbc.sql(
            "SELECT "
                + StoredEntry.COLUMNS
                + """
                 FROM dossier_entry e WHERE e.organization = :organization AND e.kind = :kind
                  AND (e.number > coalesce((SELECT up_to FROM dossier_progress), 0)
                    OR e.number IN (SELECT number FROM dossier_gap)) ORDER BY e.number
                """)
        .param("organization", organization)
        .param("kind", DossierKind.ERASED.word())
        .query(StoredEntry::of)
        .list();
  }

  /** How many entries must be in a seal: those that a later one was sealed after. */
  private long sealedBefore(String organization) {
    return jdbc.sql(
            """
            SELECT count(*) FROM dossier_entry e WHERE e.organization = :organization
              AND e.number <= coalesce((SELECT up_to FROM dossier_progress), 0)
              AND NOT EXISTS (SELECT 1 FROM dossier_gap g WHERE g.number = e.number)
            """)
        .param("organization", organization)
        .query(Long.class)
        .single();
  }
}
