package org.byoemail.outbound.suppression;

import io.micrometer.core.instrument.MeterRegistry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.format.mail.StoredText;
import org.byoemail.platform.audit.AuditLog;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * The addresses that mail is not sent to, per organisation. What becomes one is decided here: a
 * refusal that is about the address for good, a complaint, or a person; or, for one agent, that its
 * owner unsubscribed ({@link Unsubscriptions}). Joins the transaction of its caller. Safe for use
 * by many threads and nodes.
 */
@Repository
public class Suppressions {
  private static final int MAX_WORDS = 1000;

  /** Of all agents, and of one; both are read as the same columns. */
  private static final String OF_ALL =
      """
      SELECT id, organization, address, NULL::uuid AS agent_id, reason, source, enhanced_status, words, message_id,
        attempt_id, bounce_id, created_at, expires_at
      FROM suppression s WHERE NOT agent_only AND
      """;

  private static final String OF_ONE =
      """

      UNION ALL
      SELECT id, organization, address, agent_id, 'unsubscribed', 'unsubscribe', NULL, NULL, message_id,
        NULL, NULL, created_at, NULL
      FROM unsubscription s WHERE\s
      """;

  private final JdbcClient jdbc;
  private final SuppressionSettings settings;
  private final MeterRegistry meters;
  private final AuditLog audit;
  private final Unsubscriptions unsubscriptions;

  Suppressions(
      JdbcClient jdbc,
      SuppressionSettings settings,
      MeterRegistry meters,
      AuditLog audit,
      Unsubscriptions unsubscriptions) {
    this.unsubscriptions = unsubscriptions;
    this.audit = audit;
    this.jdbc = jdbc;
    this.settings = settings;
    this.meters = meters;
  }

  /**
   * The condition, in SQL, that a suppression of all agents is active: every statement that reads
   * the table has it from here.
   *
   * @param alias of the table {@code suppression} in the statement
   */
  public static String active(String alias) {
    return "(NOT %1$s.agent_only AND (%1$s.expires_at IS NULL OR %1$s.expires_at > statement_timestamp()))"
        .formatted(alias);
  }

  /**
   * Suppresses an address if what its server said is about the address itself, for good.
   *
   * @return whether it is of that kind
   */
  public boolean suppressIfPermanent(
      OrganizationId organization, EmailAddress address, SuppressionEvidence evidence) {
    Optional<SuppressionReason> reason = AddressRefusals.reason(evidence.code(), evidence.words());
    reason.ifPresent(found -> suppress(organization, address, found, evidence));
    return reason.isPresent();
  }

  /** Suppresses an address for the default duration of the reason. */
  @Transactional
  public void suppress(
      OrganizationId organization,
      EmailAddress address,
      SuppressionReason reason,
      SuppressionEvidence evidence) {
    Duration lasts =
        switch (reason) {
          case NO_SUCH_RECIPIENT, NO_SUCH_HOST, DISABLED_RECIPIENT -> settings.addressesFor();
          case COMPLAINT -> settings.complaintsFor();
          case UNSUBSCRIBED, MANUAL -> null;
        };
    suppress(organization, address, reason, evidence, lasts, null);
  }

  /**
   * Suppresses an address; an existing suppression that lasts longer stays.
   *
   * @param expiresAt null: until an operator lifts it
   */
  @Transactional
  public void suppress(
      OrganizationId organization,
      EmailAddress address,
      SuppressionReason reason,
      SuppressionEvidence evidence,
      @Nullable Instant expiresAt) {
    suppress(organization, address, reason, evidence, null, expiresAt);
  }

  private void suppress(
      OrganizationId organization,
      EmailAddress address,
      SuppressionReason reason,
      SuppressionEvidence evidence,
      @Nullable Duration lasts,
      @Nullable Instant expiresAt) {
    int changed =
        jdbc.sql(
                """
                INSERT INTO suppression AS s (id, organization, address, reason, source, enhanced_status, words,
                  message_id, attempt_id, bounce_id, created_at, expires_at)
                VALUES (:id, :organization, :address, :reason, :source, :code, :words,
                  :message, :attempt, :bounce, statement_timestamp(),
                  coalesce(:expiresAt, statement_timestamp() + :lasts::bigint * interval '1 second'))
                ON CONFLICT (organization, address) DO UPDATE SET id = excluded.id, reason = excluded.reason,
                  source = excluded.source, enhanced_status = excluded.enhanced_status, words = excluded.words,
                  message_id = excluded.message_id, attempt_id = excluded.attempt_id,
                  bounce_id = excluded.bounce_id, created_at = excluded.created_at,
                  expires_at = excluded.expires_at, agent_only = false
                WHERE s.agent_only OR s.expires_at < coalesce(excluded.expires_at, 'infinity')
                """)
            .param("id", Ids.next())
            .param("organization", organization.value())
            .param("address", address.value())
            .param("reason", reason.word())
            .param("source", evidence.source().word())
            .param("code", evidence.code())
            .param(
                "words",
                evidence.words() == null ? null : StoredText.of(evidence.words(), MAX_WORDS))
            .param("message", StoredMessageId.valueOrNull(evidence.message()))
            .param("attempt", evidence.attempt() == null ? null : evidence.attempt().value())
            .param("bounce", evidence.bounce())
            .param("expiresAt", SqlTimestamps.parameter(expiresAt))
            .param("lasts", lasts == null ? null : lasts.toSeconds())
            .update();
    if (changed > 0 && reason == SuppressionReason.MANUAL) {
      audit.record("suppression.added", null, organization, Map.of("address", address.value()));
    }
    if (changed > 0) {
      meters
          .counter("byo.suppressions", "reason", reason.word(), "source", evidence.source().word())
          .increment();
    }
  }

  /**
   * The suppressed ones of some addresses.
   *
   * @param endpoint whose agent would send to them
   */
  public Map<EmailAddress, Suppression> among(
      OrganizationId organization, EndpointId endpoint, Collection<EmailAddress> addresses) {
    return jdbc
        .sql(
            OF_ALL
                + "organization = :organization AND address = ANY (:addresses) AND "
                + active("s")
                + OF_ONE
                + """
                organization = :organization AND address = ANY (:addresses)
                AND agent_id = (SELECT owner_agent_id FROM endpoint WHERE id = :endpoint)
                """)
        .param("organization", organization.value())
        .param("endpoint", endpoint.value())
        .param("addresses", addresses.stream().map(EmailAddress::value).toArray(String[]::new))
        .query(Suppressions::read)
        .list()
        .stream()
        .collect(Collectors.toMap(Suppression::address, Function.identity(), (all, one) -> all));
  }

  /**
   * Active suppressions, of all agents and of one, the newest first.
   *
   * @param organization null for all organisations
   * @param address only that one; null for all
   * @param before the id after which the page starts; null for the first page
   */
  public List<Suppression> list(
      @Nullable OrganizationId organization,
      @Nullable EmailAddress address,
      @Nullable UUID before,
      int limit) {
    String page =
        "(:organization::text IS NULL OR organization = :organization) AND (:address::text IS NULL"
            + " OR address = :address) AND (:before::uuid IS NULL OR id < :before)";
    return jdbc.sql(
            OF_ALL
                + page
                + " AND "
                + active("s")
                + OF_ONE
                + page
                + " ORDER BY id DESC LIMIT :limit")
        .param("organization", OrganizationId.valueOrNull(organization))
        .param("address", address == null ? null : address.value())
        .param("before", before)
        .param("limit", limit)
        .query(Suppressions::read)
        .list();
  }

  /**
   * The suppressions of an address that are stored, expired ones included.
   *
   * @param address in lower case
   */
  public List<Suppression> stored(OrganizationId organization, String address) {
    String of = "organization = :organization AND lower(address) = :address";
    return jdbc.sql(OF_ALL + of + OF_ONE + of + " ORDER BY id")
        .param("organization", organization.value())
        .param("address", address)
        .query(Suppressions::read)
        .list();
  }

  /**
   * Lifts a suppression of all agents, from the next mail on.
   *
   * @return false if the address was not suppressed
   */
  @Transactional
  public boolean lift(OrganizationId organization, EmailAddress address) {
    boolean lifted =
        jdbc.sql(
                    "DELETE FROM suppression WHERE organization = :organization AND address ="
                        + " :address AND NOT agent_only")
                .param("organization", organization.value())
                .param("address", address.value())
                .update()
            == 1;
    if (lifted) {
      unsubscriptions.tellOlderNodes(organization, address);
      audit.record("suppression.lifted", null, organization, Map.of("address", address.value()));
    }
    return lifted;
  }

  private static Suppression read(ResultSet row, int number) throws SQLException {
    UUID attempt = row.getObject("attempt_id", UUID.class);
    UUID agent = row.getObject("agent_id", UUID.class);
    return new Suppression(
        row.getObject("id", UUID.class),
        new OrganizationId(row.getString("organization")),
        new EmailAddress(row.getString("address")),
        agent == null ? null : new AgentId(agent),
        SuppressionReason.valueOf(row.getString("reason").toUpperCase(Locale.ROOT)),
        new SuppressionEvidence(
            SuppressionSource.valueOf(row.getString("source").toUpperCase(Locale.ROOT)),
            StoredMessageId.ofNullable(row.getObject("message_id", UUID.class)),
            attempt == null ? null : new AttemptId(attempt),
            row.getObject("bounce_id", UUID.class),
            row.getString("enhanced_status"),
            row.getString("words")),
        row.getTimestamp("created_at").toInstant(),
        SqlTimestamps.read(row, "expires_at"));
  }
}
