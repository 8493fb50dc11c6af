package org.byoemail.operations.retention;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.audit.AuditLog;
import org.byoemail.platform.dossier.Dossier;
import org.byoemail.platform.dossier.DossierEntry;
import org.byoemail.platform.dossier.DossierKind;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Requests and reports of erasures. Reports are kept for ever. Thread-safe. */
@Repository
public class Erasures {
  private static final UUID FIRST = new UUID(0, 0);

  private final JdbcClient jdbc;
  private final AuditLog audit;
  private final Dossier dossier;

  Erasures(JdbcClient jdbc, AuditLog audit, Dossier dossier) {
    this.dossier = dossier;
    this.jdbc = jdbc;
    this.audit = audit;
  }

  /** An erasure in progress. */
  record Open(
      UUID id,
      OrganizationId organization,
      String address,
      String stage,
      UUID afterId,
      long afterPosition) {}

  /** Notes in a message's dossier that an erasure has cancelled it, in the caller's transaction. */
  void cancelled(Open erasure, StoredMessageId message) {
    dossier.record(
        new DossierEntry(
            erasure.organization(),
            message,
            DossierKind.CANCELLED,
            Map.of("by", Map.of("kind", "erasure", "id", erasure.id().toString()))));
  }

  /**
   * Requests an erasure. The audit log records the request without the address.
   *
   * @return its id
   * @throws ErasureConflict if an account of the organisation has the address
   */
  @Transactional
  public UUID request(OrganizationId organization, EmailAddress address) {
    String text = address.value().toLowerCase(Locale.ROOT);
    boolean owned =
        jdbc.sql(
                """
                SELECT EXISTS (SELECT 1 FROM endpoint e JOIN agent a ON a.id = e.owner_agent_id
                  WHERE a.organization = :organization AND lower(e.address) = :address AND a.deleted_at IS NULL)
                """)
            .param("organization", organization.value())
            .param("address", text)
            .query(Boolean.class)
            .single();
    if (owned) {
      throw new ErasureConflict(
          "an agent of the organization has this address: delete the agent and set a retention"
              + " instead");
    }
    UUID id = Ids.next();
    jdbc.sql(
            """
            INSERT INTO erasure (id, organization, address, address_sha256, requested_at, stage)
            VALUES (:id, :organization, :address, :sha256, statement_timestamp(), 'messages')
            """)
        .param("id", id)
        .param("organization", organization.value())
        .param("address", text)
        .param("sha256", sha256(text))
        .update();
    audit.record("person.erased", id, organization, Map.of());
    return id;
  }

  /** An erasure with its report. */
  public Optional<Erasure> find(UUID id) {
    return jdbc.sql("SELECT * FROM erasure WHERE id = :id")
        .param("id", id)
        .query((row, number) -> report(row))
        .optional();
  }

  /** The latest erasures of an organisation with their reports, the newest first. */
  public List<Erasure> list(OrganizationId organization, int limit) {
    return jdbc.sql(
            "SELECT * FROM erasure WHERE organization = :organization ORDER BY id DESC LIMIT"
                + " :limit")
        .param("organization", organization.value())
        .param("limit", limit)
        .query((row, number) -> report(row))
        .list();
  }

  /** Locks the next erasure in progress; empty if absent, or another node has it. */
  @Transactional(propagation = Propagation.MANDATORY)
  public Optional<Open> next() {
    return jdbc.sql(
            """
            SELECT * FROM erasure WHERE stage <> 'done' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
            """)
        .query(
            (row, number) ->
                new Open(
                    row.getObject("id", UUID.class),
                    new OrganizationId(row.getString("organization")),
                    row.getString("address"),
                    row.getString("stage"),
                    row.getObject("after_id", UUID.class) == null
                        ? FIRST
                        : row.getObject("after_id", UUID.class),
                    row.getLong("after_position")))
        .optional();
  }

  /** Adds counts, and records where the next step continues. */
  void proceed(UUID id, String stage, @Nullable UUID afterId, long afterPosition, Counts counts) {
    jdbc.sql(
            """
            UPDATE erasure SET stage = :stage, after_id = :afterId::uuid, after_position = :afterPosition,
              messages = messages + :messages, being_sent = being_sent + :beingSent, mails = mails + :mails,
              bounces = bounces + :bounces, events = events + :events, suppressions = suppressions + :suppressions,
              rejected = rejected + :rejected, drafts = drafts + :drafts,
              address = CASE WHEN :stage = 'done' THEN NULL ELSE address END,
              finished_at = CASE WHEN :stage = 'done' THEN statement_timestamp() END
            WHERE id = :id
            """)
        .param("id", id)
        .param("stage", stage)
        .param("afterId", afterId == null ? null : afterId.toString())
        .param("afterPosition", afterPosition)
        .param("messages", counts.messages())
        .param("beingSent", counts.beingSent())
        .param("mails", counts.mails())
        .param("bounces", counts.bounces())
        .param("events", counts.events())
        .param("suppressions", counts.suppressions())
        .param("rejected", counts.rejected())
        .param("drafts", counts.drafts())
        .update();
  }

  /** The result of a step. */
  record Counts(
      int messages,
      int beingSent,
      int mails,
      int bounces,
      int events,
      int suppressions,
      int rejected,
      int drafts) {
    static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, 0);
  }

  private static Erasure report(ResultSet row) throws SQLException {
    Timestamp finished = row.getTimestamp("finished_at");
    return new Erasure(
        row.getObject("id", UUID.class),
        new OrganizationId(row.getString("organization")),
        HexFormat.of().formatHex(row.getBytes("address_sha256")),
        row.getString("stage"),
        row.getTimestamp("requested_at").toInstant(),
        finished == null ? null : finished.toInstant(),
        row.getInt("messages"),
        row.getInt("being_sent"),
        row.getInt("mails"),
        row.getInt("bounces"),
        row.getInt("events"),
        row.getInt("suppressions"),
        row.getInt("rejected"),
        row.getInt("drafts"));
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
