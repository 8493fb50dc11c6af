package org.byoemail.platform.dossier;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Erases the contents of entries, and later the entries themselves, in the transaction of the
 * caller. The chain stays valid, and says in an entry what is gone. Thread-safe.
 */
@Repository
public class DossierCleanup {
  private static final int SEALS = 100;

  /** An entry names the seals between which such ones are. */
  private static final int MAX_KEPT = 1000;

  private static final RowMapper<Erased> ERASED =
      (row, number) -> new Erased(row.getString("organization"), row.getLong("number"));

  private final JdbcClient jdbc;
  private final Dossier dossier;

  DossierCleanup(JdbcClient jdbc, Dossier dossier) {
    this.jdbc = jdbc;
    this.dossier = dossier;
  }

  private record Erased(String organization, long number) {}

  /** Erases what entries say of messages that are deleted. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void erase(Collection<StoredMessageId> messages) {
    note(
        jdbc.sql(
                """
                UPDATE dossier_entry SET salt = NULL, content = NULL
                WHERE message_id = ANY (:messages) AND content IS NOT NULL RETURNING organization, number
                """)
            .param("messages", messages.stream().map(StoredMessageId::value).toArray(UUID[]::new))
            .query(ERASED)
            .list());
  }

  /** Erases what entries say of the reports on messages. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void eraseReports(Collection<UUID> messages) {
    note(
        jdbc.sql(
                """
                UPDATE dossier_entry SET salt = NULL, content = NULL
                WHERE message_id = ANY (:messages) AND kind = :kind AND content IS NOT NULL
                RETURNING organization, number
                """)
            .param("messages", messages.toArray(UUID[]::new))
            .param("kind", DossierKind.REPORT.word())
            .query(ERASED)
            .list());
  }

  private void note(List<Erased> erased) {
    Map<String, List<Long>> numbers = new TreeMap<>();
    for (Erased one : erased) {
      numbers.computeIfAbsent(one.organization(), none -> new ArrayList<>()).add(one.number());
    }
    numbers.forEach(
        (organization, own) ->
            dossier.record(
                new DossierEntry(
                    new OrganizationId(organization),
                    null,
                    DossierKind.ERASED,
                    Map.of("entries", NumberRanges.of(own)))));
  }

  /**
   * Deletes the entries of the oldest seals of an organisation that were made before a time, if the
   * contents about messages are erased. The seals stay.
   *
   * @return how many seals have lost their entries
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public int prune(OrganizationId organization, Instant before) {
    int pruned = 0;
    int kept = 0;
    long after = 0;
    List<Seal> next;
    do {
      next = next(organization, after);
      for (Seal seal : next) {
        if (!seal.sealedAt().isBefore(before) || pruned == SEALS || kept == MAX_KEPT) {
          return noted(organization, pruned);
        }
        if (prune(seal, kept > 0)) {
          pruned++;
        } else {
          kept++;
        }
        after = seal.number();
      }
    } while (next.size() == SEALS);
    return noted(organization, pruned);
  }

  private List<Seal> next(OrganizationId organization, long after) {
    return jdbc.sql(
            """
            SELECT * FROM dossier_seal
            WHERE organization = :organization AND number > :after AND entries IS NOT NULL
            ORDER BY number LIMIT :limit
            """)
        .param("organization", organization.value())
        .param("after", after)
        .param("limit", SEALS)
        .query(Seal::of)
        .list();
  }

  /** Names all seals that have lost their entries: the entry before is deleted one day, too. */
  private int noted(OrganizationId organization, int pruned) {
    if (pruned > 0) {
      dossier.record(
          new DossierEntry(
              organization, null, DossierKind.ERASED, Map.of("seals", pruned(organization))));
    }
    return pruned;
  }

  private List<List<Long>> pruned(OrganizationId organization) {
    List<List<Long>> ranges = new ArrayList<>();
    long first = 1;
    for (long kept :
        jdbc.sql(
                """
                SELECT number FROM dossier_seal WHERE organization = :organization AND entries IS NOT NULL
                  AND number < (SELECT max(number) FROM dossier_seal
                    WHERE organization = :organization AND entries IS NULL)
                UNION ALL
                SELECT max(number) + 1 FROM dossier_seal WHERE organization = :organization AND entries IS NULL
                ORDER BY 1
                """)
            .param("organization", organization.value())
            .query(Long.class)
            .list()) {
      if (first < kept) {
        ranges.add(List.of(first, kept - 1));
      }
      first = kept + 1;
    }
    return ranges;
  }

  /**
   * Deletes the entries of a seal, unless they are kept.
   *
   * @param isOlderKept whether entries of older seals are kept: what says that their contents were
   *     erased is then kept, too
   */
  private boolean prune(Seal seal, boolean isOlderKept) {
    Long[] entries = seal.entries() == null ? new Long[0] : seal.entries().toArray(Long[]::new);
    boolean isKept =
        jdbc.sql(
                """
                SELECT EXISTS (SELECT 1 FROM dossier_entry
                  WHERE number = ANY (:entries::bigint[]) AND content IS NOT NULL
                    AND (message_id IS NOT NULL OR (:older AND kind = :erased)))
                """)
            .param("entries", entries)
            .param("older", isOlderKept)
            .param("erased", DossierKind.ERASED.word())
            .query(Boolean.class)
            .single();
    if (isKept) {
      return false;
    }
    jdbc.sql("DELETE FROM dossier_entry WHERE number = ANY (:entries::bigint[])")
        .param("entries", entries)
        .update();
    jdbc.sql(
            "UPDATE dossier_seal SET entries = NULL WHERE organization = :organization AND number = :number")
        .param("organization", seal.organization())
        .param("number", seal.number())
        .update();
    return true;
  }
}
