package org.byoemail.webhook;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.platform.event.NumberedEvents;
import org.byoemail.webhook.Webhook.Health;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** The webhooks of all organisations. Safe for use by many threads and nodes. */
@Repository
public class Webhooks {
  /** The maximum number of webhooks of an organisation. */
  public static final int MAX_OF_ORGANIZATION = 50;

  /** The most deliveries that one transaction changes or deletes. */
  static final int MAX_STEP = 2_000;

  private final JdbcClient jdbc;
  private final WebhookSecrets secrets;
  private final WebhookSettings settings;
  private final NumberedEvents events;

  Webhooks(
      JdbcClient jdbc, WebhookSecrets secrets, WebhookSettings settings, NumberedEvents events) {
    this.events = events;
    this.jdbc = jdbc;
    this.secrets = secrets;
    this.settings = settings;
  }

  /** A webhook with the secret that is shown once. */
  public record Created(Webhook webhook, WebhookSecrets.NewSecret secret) {}

  /**
   * Creates a webhook for events from now on.
   *
   * @param shownTo to whom its secret is shown, such as {@code key:<id>}
   * @throws WebhookRefused if the organisation has too many
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Created create(OrganizationId organization, WebhookDraft draft, String shownTo) {
    // Concurrent requests must not exceed the limit together.
    jdbc.sql(
            "SELECT count(pg_advisory_xact_lock(hashtextextended('byo webhook ' || :organization,"
                + " 0)))")
        .param("organization", organization.value())
        .query(Long.class)
        .single();
    long present =
        jdbc.sql("SELECT count(*) FROM webhook WHERE organization = :organization")
            .param("organization", organization.value())
            .query(Long.class)
            .single();
    if (present >= MAX_OF_ORGANIZATION) {
      throw new WebhookRefused(
          "an organization has at most " + MAX_OF_ORGANIZATION + " webhooks: delete one");
    }
    UUID id = Ids.next();
    jdbc.sql(
            """
            INSERT INTO webhook (id, organization, url, description, types, agents, accounts, connect_links, decides_by,
              since_position, created_at)
            VALUES (:id, :organization, :url, :description, :types, :agents, :accounts, :connectLinks, :decidesBy,
              :since, statement_timestamp())
            """)
        .param("id", id)
        .param("organization", organization.value())
        .param("url", draft.url())
        .param("description", draft.description())
        .param("types", draft.types().toArray(String[]::new))
        .param("agents", draft.agents().toArray(UUID[]::new))
        .param("accounts", draft.accounts().toArray(UUID[]::new))
        .param("connectLinks", draft.connectLinks())
        .param("decidesBy", draft.decidesBy())
        .param("since", events.last())
        .update();
    return new Created(find(id).orElseThrow(), secrets.create(id, shownTo));
  }

  /** The webhook with the id. */
  public Optional<Webhook> find(UUID id) {
    return jdbc.sql("SELECT * FROM webhook WHERE id = :id")
        .param("id", id)
        .query(Webhooks::read)
        .optional();
  }

  /**
   * Webhooks, the newest first.
   *
   * @param organization null: all
   * @param before the id to start before; null: the newest
   */
  public List<Webhook> list(
      @Nullable OrganizationId organization, @Nullable UUID before, int limit) {
    return list(organization, null, before, limit);
  }

  /** As {@link #list(String, UUID, int)}, of those whose events are all within a scope. */
  public List<Webhook> list(
      @Nullable OrganizationId organization,
      @Nullable Scope scope,
      @Nullable UUID before,
      int limit) {
    return jdbc.sql(
            """
            SELECT * FROM webhook
            WHERE (:organization::text IS NULL OR organization = :organization)
              AND (:agents::uuid[] IS NULL OR (agents <> '{}' AND agents <@ :agents)
                OR (accounts <> '{}' AND accounts <@ :accounts))
              AND (:before::uuid IS NULL OR id < :before)
            ORDER BY id DESC LIMIT :limit
            """)
        .param("organization", OrganizationId.valueOrNull(organization))
        .param("agents", Scope.agents(scope))
        .param("accounts", Scope.accounts(scope))
        .param("before", before)
        .param("limit", limit)
        .query(Webhooks::read)
        .list();
  }

  /**
   * Changes a webhook. Waiting events go to the new URL, and the circuit is closed. The record of
   * who allowed its receiver to decide stays, unless the receiver changes.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void change(UUID id, WebhookDraft draft) {
    jdbc.sql(
            """
            UPDATE webhook SET url = :url, description = :description, types = :types, agents = :agents,
              accounts = :accounts, connect_links = :connectLinks,
              decides_by = CASE WHEN :decidesBy::text IS NULL OR decides_by IS NULL OR url <> :url THEN :decidesBy
                ELSE decides_by END,
              open_until = CASE WHEN url = :url THEN open_until END,
              openings = CASE WHEN url = :url THEN openings ELSE 0 END,
              failures = CASE WHEN url = :url THEN failures ELSE 0 END,
              failing_since = CASE WHEN url = :url THEN failing_since END,
              slow = slow OR url <> :url
            WHERE id = :id
            """)
        .param("id", id)
        .param("url", draft.url())
        .param("description", draft.description())
        .param("types", draft.types().toArray(String[]::new))
        .param("agents", draft.agents().toArray(UUID[]::new))
        .param("accounts", draft.accounts().toArray(UUID[]::new))
        .param("connectLinks", draft.connectLinks())
        .param("decidesBy", draft.decidesBy())
        .update();
  }

  /**
   * Allows or forbids the receiver of a webhook to decide on reviews. If it was allowed before, the
   * person or key that first allowed it stays recorded.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void allowDecisions(UUID id, @Nullable String by) {
    jdbc.sql(
            "UPDATE webhook SET decides_by = CASE WHEN :by::text IS NOT NULL"
                + " THEN coalesce(decides_by, :by) END WHERE id = :id")
        .param("by", by)
        .param("id", id)
        .update();
  }

  /**
   * Somebody has seen the receiver's secret: if the receiver decides, it does so for that person.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void decidesFor(UUID id, String by) {
    jdbc.sql("UPDATE webhook SET decides_by = :by WHERE id = :id AND decides_by IS NOT NULL")
        .param("by", by)
        .param("id", id)
        .update();
  }

  /** Who allowed the receiver of a webhook to decide on reviews; empty: it may not. */
  public Optional<String> decidesBy(UUID id, OrganizationId organization) {
    return jdbc.sql(
            "SELECT decides_by FROM webhook WHERE id = :id AND organization = :organization"
                + " AND decides_by IS NOT NULL AND disabled_at IS NULL")
        .param("id", id)
        .param("organization", organization.value())
        .query(String.class)
        .optional();
  }

  /** Deletes a webhook with its deliveries; false if it does not exist. */
  @Transactional(propagation = Propagation.MANDATORY)
  public boolean delete(UUID id) {
    // Locks in the same order as recording outcomes: the delivery, then the webhook.
    jdbc.sql("DELETE FROM webhook_delivery WHERE webhook_id = :id").param("id", id).update();
    return jdbc.sql("DELETE FROM webhook WHERE id = :id").param("id", id).update() == 1;
  }

  /**
   * Pauses a webhook: its deliveries wait.
   *
   * @throws WebhookRefused if it is paused or disabled
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void pause(UUID id) {
    int paused =
        jdbc.sql(
                """
                UPDATE webhook SET paused_at = statement_timestamp()
                WHERE id = :id AND paused_at IS NULL AND disabled_at IS NULL
                """)
            .param("id", id)
            .update();
    if (paused == 0) {
      throw new WebhookRefused("the webhook is paused or disabled already");
    }
  }

  /**
   * Resumes a webhook that is paused, disabled or failing. Waiting deliveries are due at once, and
   * are retried as long as new ones.
   *
   * @throws WebhookRefused if it is neither
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void resume(UUID id) {
    // A webhook that was disabled gets events from now on; earlier ones can be replayed.
    int resumed =
        jdbc.sql(
                """
                UPDATE webhook SET paused_at = NULL, disabled_at = NULL, disabled_reason = NULL, failures = 0,
                  failing_since = NULL, openings = 0, open_until = NULL,
                  since_position = CASE WHEN disabled_at IS NULL THEN since_position
                    ELSE :since END
                WHERE id = :id AND (paused_at IS NOT NULL OR disabled_at IS NOT NULL OR failures > 0)
                """)
            .param("since", events.last())
            .param("id", id)
            .update();
    if (resumed == 0) {
      throw new WebhookRefused("the webhook is active already");
    }
  }

  /**
   * Applies the pause or the resumption of a webhook to some of its waiting deliveries, in the
   * order of their ids: while it is paused none is given up, and after that they are due at once
   * and retried as long as new ones. Locks no webhook, as recording outcomes does in the other
   * order.
   *
   * @param paused the state that is applied; nothing is done if the webhook is in the other one
   * @param after the id after which to start
   * @return where to continue; null at the end
   */
  @Transactional
  public @Nullable UUID applyPause(UUID id, boolean paused, UUID after) {
    return jdbc.sql(
            """
            WITH looked AS (
              SELECT id FROM webhook_delivery WHERE webhook_id = :id AND id > :after
                AND EXISTS (SELECT 1 FROM webhook WHERE id = :id AND (paused_at IS NOT NULL) = :paused)
              ORDER BY id LIMIT :most),
            waiting AS (
              SELECT d.id FROM webhook_delivery d JOIN looked l ON l.id = d.id WHERE d.state = 'waiting'
              ORDER BY d.id FOR NO KEY UPDATE OF d),
            applied AS (
              UPDATE webhook_delivery d SET
                due_at = CASE WHEN :paused THEN due_at ELSE least(due_at, statement_timestamp()) END,
                give_up_at = CASE WHEN :paused THEN 'infinity'
                  ELSE statement_timestamp() + make_interval(secs => :retryFor) END
              FROM waiting w WHERE d.id = w.id AND d.state = 'waiting')
            SELECT id FROM looked WHERE (SELECT count(*) FROM looked) = :most ORDER BY id DESC LIMIT 1
            """)
        .param("id", id)
        .param("paused", paused)
        .param("after", after)
        .param("most", MAX_STEP)
        .param("retryFor", settings.retryFor().toSeconds())
        .query(UUID.class)
        .optional()
        .orElse(null);
  }

  /** Ends the deliveries of a webhook that is about to be deleted: it gets no more. */
  @Transactional
  public void stop(UUID id) {
    jdbc.sql(
            """
            UPDATE webhook SET disabled_at = statement_timestamp(), disabled_reason = 'it is being deleted'
            WHERE id = :id AND disabled_at IS NULL
            """)
        .param("id", id)
        .update();
  }

  /**
   * Deletes some deliveries of a webhook, in the order of their ids.
   *
   * @param after the id after which to start
   * @return where to continue; null at the end
   */
  @Transactional
  public @Nullable UUID deleteDeliveries(UUID id, UUID after) {
    return jdbc.sql(
            """
            WITH looked AS (
              SELECT id FROM webhook_delivery WHERE webhook_id = :id AND id > :after ORDER BY id LIMIT :most FOR UPDATE),
            deleted AS (DELETE FROM webhook_delivery d USING looked l WHERE d.id = l.id)
            SELECT id FROM looked WHERE (SELECT count(*) FROM looked) = :most ORDER BY id DESC LIMIT 1
            """)
        .param("id", id)
        .param("after", after)
        .param("most", MAX_STEP)
        .query(UUID.class)
        .optional()
        .orElse(null);
  }

  private static Webhook read(ResultSet row, int number) throws SQLException {
    return new Webhook(
        row.getObject("id", UUID.class),
        new OrganizationId(row.getString("organization")),
        row.getString("url"),
        row.getString("description"),
        Arrays.asList((String[]) array(row, "types")),
        Arrays.asList((UUID[]) array(row, "agents")),
        Arrays.asList((UUID[]) array(row, "accounts")),
        row.getString("decides_by") != null,
        new Health(
            SqlTimestamps.read(row, "paused_at"),
            SqlTimestamps.read(row, "disabled_at"),
            row.getString("disabled_reason"),
            row.getInt("failures"),
            SqlTimestamps.read(row, "failing_since"),
            SqlTimestamps.read(row, "open_until"),
            SqlTimestamps.read(row, "last_delivered_at"),
            SqlTimestamps.read(row, "last_failed_at"),
            row.getString("last_error")),
        row.getTimestamp("created_at").toInstant());
  }

  private static Object array(ResultSet row, String column) throws SQLException {
    Array array = row.getArray(column);
    return array.getArray();
  }
}
