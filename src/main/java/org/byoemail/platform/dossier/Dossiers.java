package org.byoemail.platform.dossier;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** Reads the dossiers of messages. Thread-safe. */
@Repository
public class Dossiers {
  private static final int MAX_ENTRIES = 200;
  private static final HexFormat HEX = HexFormat.of();

  private final JdbcClient jdbc;
  private final ObjectMapper json;

  Dossiers(JdbcClient jdbc, ObjectMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /** The dossier of a message of that organisation: its first 200 entries. */
  @Transactional(readOnly = true)
  public MessageDossier of(StoredMessageId message, OrganizationId organization) {
    List<StoredEntry> found =
        jdbc.sql(
                "SELECT "
                    + StoredEntry.COLUMNS
                    + " FROM dossier_entry e WHERE e.message_id = :message AND e.organization = :organization"
                    + " ORDER BY e.number LIMIT :limit")
            .param("message", message.value())
            .param("organization", organization.value())
            .param("limit", MAX_ENTRIES + 1)
            .query(StoredEntry::of)
            .list();
    List<StoredEntry> entries = found.subList(0, Math.min(found.size(), MAX_ENTRIES));
    Map<Long, Seal> seals = new TreeMap<>();
    Map<Long, List<byte[]>> leaves = new HashMap<>();
    List<MessageDossier.Entry> shown = new ArrayList<>();
    for (StoredEntry entry : entries) {
      Seal seal = seal(entry, seals);
      shown.add(
          entry(
              entry,
              seal,
              seal == null ? List.of() : leaves.computeIfAbsent(seal.number(), n -> leaves(seal))));
    }
    boolean complete =
        !entries.isEmpty()
            && entries.get(0).kind().equals(DossierKind.ACCEPTED.word())
            && entries.stream().noneMatch(StoredEntry::isErased);
    return new MessageDossier(
        MessageDossier.FORMAT,
        message.value(),
        organization.value(),
        complete,
        found.size() > MAX_ENTRIES,
        "/api/v1/messages/" + message + "/raw",
        SentMails.of(shown),
        shown,
        seals.values().stream().map(Dossiers::link).toList(),
        keys(
            seals.values().stream().map(Seal::key).filter(key -> key != null).distinct().toList()));
  }

  /**
   * The seal that holds an entry: the first one after which it counts as sealed, or a later one.
   */
  private @Nullable Seal seal(StoredEntry entry, Map<Long, Seal> known) {
    for (Seal seal : known.values()) {
      if (seal.entries() != null && seal.entries().contains(entry.number())) {
        return seal;
      }
    }
    Seal found =
        jdbc.sql(
                """
                SELECT * FROM dossier_seal WHERE organization = :organization AND up_to >= :number
                  AND :number = ANY (entries) ORDER BY up_to, number LIMIT 1
                """)
            .param("organization", entry.organization())
            .param("number", entry.number())
            .query(Seal::of)
            .optional()
            .orElse(null);
    if (found != null) {
      known.put(found.number(), found);
    }
    return found;
  }

  /** The leaves of a seal; none if some of its entries are missing. */
  private List<byte[]> leaves(Seal seal) {
    List<Long> numbers = seal.entries() == null ? List.of() : seal.entries();
    Map<Long, byte[]> leaves = new HashMap<>();
    jdbc.sql(
            """
            SELECT number, organization, message_id, kind, recorded_at, digest, NULL::bytea AS salt, NULL::text AS content
            FROM dossier_entry WHERE number = ANY (:numbers::bigint[])
            """)
        .param("numbers", numbers.toArray(Long[]::new))
        .query(StoredEntry::of)
        .list()
        .forEach(entry -> leaves.put(entry.number(), entry.leaf()));
    return leaves.size() == numbers.size() ? numbers.stream().map(leaves::get).toList() : List.of();
  }

  private MessageDossier.Entry entry(StoredEntry entry, @Nullable Seal seal, List<byte[]> leaves) {
    int index =
        seal == null || seal.entries() == null ? -1 : seal.entries().indexOf(entry.number());
    return new MessageDossier.Entry(
        entry.number(),
        entry.kind(),
        entry.recordedAt(),
        content(entry),
        entry.content(),
        entry.salt() == null ? null : HEX.formatHex(entry.salt()),
        HEX.formatHex(entry.digest()),
        seal == null ? null : seal.number(),
        index < 0 ? null : index,
        index < 0 || leaves.isEmpty()
            ? null
            : DossierDigests.proof(leaves, index).stream().map(HEX::formatHex).toList());
  }

  private @Nullable JsonNode content(StoredEntry entry) {
    try {
      return entry.content() == null ? null : json.readTree(entry.content());
    } catch (JsonProcessingException e) {
      return json.createObjectNode().put("unreadable", true);
    }
  }

  private static MessageDossier.Link link(Seal seal) {
    return new MessageDossier.Link(
        seal.number(),
        HEX.formatHex(seal.previous()),
        HEX.formatHex(seal.root()),
        seal.count(),
        seal.sealedAt(),
        HEX.formatHex(seal.head()),
        seal.key(),
        seal.signature() == null ? null : HEX.formatHex(seal.signature()));
  }

  private List<MessageDossier.Key> keys(List<String> ids) {
    return ids.isEmpty()
        ? List.of()
        : jdbc.sql("SELECT id, public_key FROM dossier_key WHERE id = ANY (:ids) ORDER BY id")
            .param("ids", ids.toArray(String[]::new))
            .query(
                (row, number) ->
                    new MessageDossier.Key(
                        row.getString("id"), HEX.formatHex(row.getBytes("public_key"))))
            .list();
  }
}
