package org.byoemail.outbound.bounce;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.delivery.RecipientStatus;
import org.byoemail.platform.conversation.MessageScope;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads the recorded bounces. Safe for use by many threads. */
@Repository
public class Bounces {
  private static final int MAX_PER_MESSAGE = 200;
  private static final String SELECT =
      """
      SELECT b.*, b.delayed_until > statement_timestamp() AS delays,
        (SELECT coalesce(s.forgotten_id, s.submission_id) FROM outbound_submission s
          WHERE s.message_id = b.message_id) AS submission_id\
      """;

  private final JdbcClient jdbc;

  Bounces(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Bounces, newest first.
   *
   * @param before the id after which the page starts; null for the newest
   */
  public List<Bounce> list(BounceFilter filter, @Nullable UUID before, int limit) {
    return jdbc.sql(
            SELECT
                + """
                 FROM bounce b LEFT JOIN inbound_mail i ON i.id = b.inbound_mail_id
                WHERE (:before::uuid IS NULL OR b.id < :before)
                  AND (:organization::text IS NULL OR coalesce(i.organization, b.organization) = :organization)
                  AND (:account::uuid IS NULL OR b.account_id = :account)
                  AND (:message::uuid IS NULL OR b.message_id = :message)
                  AND (:kind::text IS NULL OR b.kind = :kind)
                  AND (:reason::text IS NULL OR b.reason = :reason)
                """
                + within(filter.scope())
                + " ORDER BY b.id DESC LIMIT :limit")
        .param("scopeAgents", Scope.agents(filter.scope()))
        .param("scopeAccounts", Scope.accounts(filter.scope()))
        .param("organization", OrganizationId.valueOrNull(filter.organization()))
        .param("account", filter.account() == null ? null : filter.account().value())
        .param("message", StoredMessageId.valueOrNull(filter.message()))
        .param("kind", filter.kind())
        .param("reason", filter.reason() == null ? null : filter.reason().word())
        .param("before", before)
        .param("limit", limit)
        .query(Bounces::read)
        .list();
  }

  /**
   * The bounce of that id.
   *
   * @param organization null: any
   * @param scope null: any
   */
  public Optional<Bounce> find(
      @Nullable OrganizationId organization, @Nullable Scope scope, UUID id) {
    return jdbc.sql(
            SELECT
                + """
                 FROM bounce b LEFT JOIN inbound_mail i ON i.id = b.inbound_mail_id
                WHERE b.id = :id AND (:organization::text IS NULL OR coalesce(i.organization, b.organization) = :organization)
                """
                + within(scope))
        .param("scopeAgents", Scope.agents(scope))
        .param("scopeAccounts", Scope.accounts(scope))
        .param("id", id)
        .param("organization", OrganizationId.valueOrNull(organization))
        .query(Bounces::read)
        .optional();
  }

  /**
   * Bounces of an organisation about a recipient, oldest first.
   *
   * @param address in lower case
   * @param after the id after which to start
   */
  public List<Bounce> about(OrganizationId organization, String address, UUID after, int limit) {
    return jdbc.sql(
            SELECT
                + """
                 FROM bounce b WHERE b.id > :after AND lower(b.recipient) = :address AND (
                  b.organization = :organization
                  OR EXISTS (SELECT 1 FROM inbound_mail i WHERE i.id = b.inbound_mail_id AND i.organization = :organization)
                  OR EXISTS (SELECT 1 FROM message m WHERE m.id = b.message_id AND m.organization = :organization))
                ORDER BY b.id LIMIT :limit
                """)
        .param("after", after)
        .param("address", address)
        .param("organization", organization.value())
        .param("limit", limit)
        .query(Bounces::read)
        .list();
  }

  /** What was reported about a message, oldest first: the last 200. */
  public List<Bounce> ofMessage(StoredMessageId message) {
    return jdbc.sql(
            SELECT
                + """
                 FROM (SELECT * FROM bounce WHERE message_id = :message ORDER BY id DESC LIMIT :most) b
                ORDER BY id
                """)
        .param("message", message.value())
        .param("most", MAX_PER_MESSAGE)
        .query(Bounces::read)
        .list();
  }

  /**
   * When a delay was last reported for a recipient whose server may still be trying; empty if its
   * fate is known, if no delay was reported, and once the time for retries is over.
   *
   * @param reports all about the message, oldest first
   */
  public static Optional<Instant> delayedSince(
      EmailAddress recipient, RecipientStatus status, List<Bounce> reports) {
    return status != RecipientStatus.SENT
        ? Optional.empty()
        : reports.stream()
            .filter(report -> recipient.value().equals(report.address()))
            .filter(report -> report.action() != null)
            .reduce((earlier, later) -> later)
            .filter(Bounce::delays)
            .map(Bounce::createdAt);
  }

  private static Bounce read(ResultSet row, int number) throws SQLException {
    UUID account = row.getObject("account_id", UUID.class);
    return new Bounce(
        row.getObject("id", UUID.class),
        account == null ? null : new AccountId(account),
        row.getObject("inbound_mail_id", UUID.class),
        StoredMessageId.ofNullable(row.getObject("message_id", UUID.class)),
        row.getString("submission_id"),
        row.getObject("attempt_id", UUID.class),
        row.getString("kind"),
        row.getString("recipient"),
        row.getString("matched_recipient"),
        row.getString("action"),
        row.getString("enhanced_status"),
        row.getString("reason"),
        row.getBoolean("permanent"),
        row.getString("smtp_reply"),
        row.getString("diagnostic"),
        row.getString("reporting_mta"),
        row.getString("strength"),
        row.getString("rule"),
        row.getString("complaint"),
        row.getString("matched_by"),
        row.getString("recipient_match"),
        row.getBoolean("changed"),
        row.getBoolean("delays"),
        row.getTimestamp("created_at").toInstant());
  }

  private static String within(@Nullable Scope scope) {
    return scope == null
        ? ""
        : " AND (b.account_id = ANY (:scopeAccounts)"
            + " OR EXISTS (SELECT 1 FROM message m WHERE m.id = b.message_id AND "
            + MessageScope.CONDITION
            + "))";
  }
}
