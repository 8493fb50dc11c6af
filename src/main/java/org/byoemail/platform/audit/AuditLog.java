package org.byoemail.platform.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ClientAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Records who changed what, in the transaction of the change: a change that is rolled back leaves
 * no entry, and one that cannot be recorded is not made. Thread-safe.
 *
 * <p>Who and from where is taken from the thread: the caller of the API or the console and the
 * client's address, or else the gateway itself. {@link #runAs} names another.
 */
@Repository
public class AuditLog {
  private final JdbcClient jdbc;
  private final ObjectMapper json;
  private final ThreadLocal<@Nullable AuditActor> runningAs = new ThreadLocal<>();
  private final ThreadLocal<@Nullable String> continuedFrom = new ThreadLocal<>();

  AuditLog(JdbcClient jdbc, ObjectMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /**
   * Records an entry in the transaction of the caller, which must be active.
   *
   * @param action such as {@code account.changed}
   * @param subject id of what was changed; null: it has none
   * @param organization whose things were changed; null: the whole gateway, shown only to those who
   *     see every organisation
   * @param details names of changed fields, and old or new values where they are harmless: texts,
   *     numbers, flags, and lists or maps of them. Never a secret. Long ones are cut
   * @throws org.springframework.transaction.IllegalTransactionStateException without a transaction
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void record(
      String action,
      @Nullable UUID subject,
      @Nullable OrganizationId organization,
      Map<String, ?> details) {
    AuditActor actor = actor();
    jdbc.sql(
            """
            INSERT INTO audit_entry
              (id, at, organization, actor, actor_id, actor_name, actor_organization, client, action,
              subject, details)
            VALUES (:id, statement_timestamp(), :organization, :actor, :actorId, :actorName,
              :actorOrganization, :client, :action, :subject, :details::jsonb)
            """)
        .param("id", Ids.next())
        .param("organization", OrganizationId.valueOrNull(organization))
        .param("actor", actor.kind().word())
        .param("actorId", actor.id())
        .param("actorName", AuditDetails.line(actor.name()))
        .param("actorOrganization", OrganizationId.valueOrNull(actor.organization()))
        .param("client", client())
        .param("action", action)
        .param("subject", subject)
        .param("details", AuditDetails.json(json, details))
        .update();
  }

  /**
   * Records an entry in a transaction of its own, if none is active: for actions that change
   * nothing in the database, or span several transactions.
   *
   * @see #record
   */
  @Transactional
  public void recordAlone(
      String action,
      @Nullable UUID subject,
      @Nullable OrganizationId organization,
      Map<String, ?> details) {
    record(action, subject, organization, details);
  }

  /**
   * Runs an action as an actor without login or key. JMX yields to a login or a key, since its
   * operations can be called over HTTP, too.
   */
  public <T extends @Nullable Object> T runAs(AuditActor actor, Supplier<T> work) {
    AuditActor before = runningAs.get();
    runningAs.set(actor);
    try {
      return work.get();
    } finally {
      if (before == null) {
        runningAs.remove();
      } else {
        runningAs.set(before);
      }
    }
  }

  /** Runs an action as an actor without login or key. */
  public void runAs(AuditActor actor, Runnable work) {
    runAs(
        actor,
        () -> {
          work.run();
          return null;
        });
  }

  /** Work for another thread, on behalf of the actor of this one and from its client's address. */
  public Runnable continued(Runnable work) {
    AuditActor actor = actor();
    String client = client();
    return () -> {
      continuedFrom.set(client);
      try {
        runAs(actor, work);
      } finally {
        continuedFrom.remove();
      }
    };
  }

  /**
   * Entries, the newest first.
   *
   * @param after the id of the entry to start after; null for the newest
   */
  public List<AuditEntry> list(AuditFilter filter, @Nullable UUID after, int limit) {
    String action = filter.action();
    boolean prefix = action != null && action.endsWith("*");
    return jdbc
        .sql(
            """
            SELECT * FROM audit_entry
            WHERE (:viewer::text IS NULL OR organization = :viewer)
              AND (:organization::text IS NULL OR organization = :organization)
              AND (:since::timestamptz IS NULL OR at >= :since)
              AND (:actor::text IS NULL OR :actor = actor
                OR :actor IN (actor_name, actor_id::text)
                  AND (:viewer::text IS NULL OR actor NOT IN ('user', 'key')
                    OR actor_organization = :viewer))
              AND (:action::text IS NULL OR action = :action)
              AND (:prefix::text IS NULL OR starts_with(action, :prefix))
              AND (:subject::uuid IS NULL OR subject = :subject)
              AND (:after::uuid IS NULL
                OR (at, id) < (SELECT last.at, last.id FROM audit_entry last WHERE last.id = :after))
            ORDER BY at DESC, id DESC LIMIT :limit
            """)
        .param("viewer", OrganizationId.valueOrNull(filter.viewer()))
        .param("organization", OrganizationId.valueOrNull(filter.organization()))
        .param("since", SqlTimestamps.parameter(filter.since()))
        .param("actor", filter.actor())
        .param("action", prefix ? null : action)
        .param("prefix", prefix ? action.substring(0, action.length() - 1) : null)
        .param("subject", filter.subject())
        .param("after", after)
        .param("limit", limit)
        .query(this::read)
        .list()
        .stream()
        .map(entry -> entry.seenBy(filter.viewer()))
        .toList();
  }

  /** Who acts: the login or key of the request, or what {@link #runAs} says. */
  public AuditActor actor() {
    AuditActor named = runningAs.get();
    if (named != null && named.kind() != AuditActor.Kind.JMX) {
      return named;
    }
    Authentication who = SecurityContextHolder.getContext().getAuthentication();
    if (who != null && who.getPrincipal() instanceof Caller caller) {
      return AuditActor.of(caller);
    }
    if (named != null) {
      return named;
    }
    return client() == null ? AuditActor.GATEWAY : AuditActor.ANONYMOUS;
  }

  private @Nullable String client() {
    String earlier = continuedFrom.get();
    if (earlier != null) {
      return earlier;
    }
    return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes request
        ? ClientAddress.of(request.getRequest().getRemoteAddr())
        : null;
  }

  private AuditEntry read(ResultSet row, int number) throws SQLException {
    try {
      return new AuditEntry(
          row.getObject("id", UUID.class),
          row.getTimestamp("at").toInstant(),
          OrganizationId.ofNullable(row.getString("organization")),
          new AuditActor(
              AuditActor.Kind.of(row.getString("actor")),
              row.getObject("actor_id", UUID.class),
              row.getString("actor_name"),
              OrganizationId.ofNullable(row.getString("actor_organization"))),
          row.getString("client"),
          row.getString("action"),
          row.getObject("subject", UUID.class),
          json.readTree(row.getString("details")));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("jsonb that is not JSON", e);
    }
  }
}
