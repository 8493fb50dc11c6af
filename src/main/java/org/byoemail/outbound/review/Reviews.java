package org.byoemail.outbound.review;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.gate.GateDecision;
import org.byoemail.outbound.review.Review.Decision;
import org.byoemail.outbound.review.Review.Reason;
import org.byoemail.outbound.review.Review.Version;
import org.byoemail.platform.dossier.Dossier;
import org.byoemail.platform.dossier.DossierEntry;
import org.byoemail.platform.dossier.DossierKind;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The rows of reviews, their versions and decisions. What changes them joins the transaction of the
 * caller, which has locked the messages before. Safe for use by many threads and nodes.
 */
@Repository
public class Reviews {
  private static final int MAX_COMPARED = 2_000;

  /** The migration of the first release with reviews. */
  private static final int MIGRATION = 149;

  /** Nodes without it count a person and their key, or two keys of one maker, as two. */
  private static final int PARTIES_MIGRATION = 183;

  private static final int MAX_REASONS = 50;
  private static final TypeReference<List<Reason>> REASONS = new TypeReference<>() {};

  private static final String SELECT =
      """
      SELECT r.*, v.content_sha256, v.content_size, v.transport, v.recipients, v.subject, v.hash, v.made_by,
        v.created_at AS version_created_at
      FROM outbound_review r
        JOIN outbound_review_version v ON v.message_id = r.message_id AND v.version = r.version
      """;

  private final JdbcClient jdbc;
  private final ObjectMapper json;
  private final ReviewEvents events;
  private final Dossier dossier;
  private final ReviewMails mails;
  private final Parties parties;

  Reviews(
      JdbcClient jdbc,
      ObjectMapper json,
      ReviewEvents events,
      Dossier dossier,
      ReviewMails mails,
      Parties parties) {
    this.jdbc = jdbc;
    this.json = json;
    this.events = events;
    this.dossier = dossier;
    this.mails = mails;
    this.parties = parties;
  }

  /** Which reviews are listed; null: all. */
  public record Filter(
      @Nullable OrganizationId organization,
      @Nullable Scope scope,
      @Nullable String state,
      @Nullable UUID agent,
      @Nullable UUID message) {}

  /**
   * Somebody who decides.
   *
   * @param reviewer such as {@code key:<id>}, {@code user:<name>}, {@code reviewer:<id>} or {@code
   *     webhook:<id>}
   * @param appointedBy for a reviewer who is not a caller: who allowed it, such as {@code key:<id>}
   * @param shownTo who has seen the code, or the secret that the webhook signs with; null: nobody
   *     else, or not known
   */
  public record Decider(
      String reviewer, String name, @Nullable String appointedBy, @Nullable String shownTo) {

    /** A caller, who has no code or secret of that kind. */
    public Decider(String reviewer, String name, @Nullable String appointedBy) {
      this(reviewer, name, appointedBy, null);
    }
  }

  /** Asks for a review, of a new version of the message. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void ask(ReviewRequest asked) {
    int version = addVersion(asked.message(), asked, "agent");
    List<Reason> reasons =
        asked.reasons().stream()
            .limit(MAX_REASONS)
            .map(one -> new Reason(one.gate(), one.result().word(), one.code(), one.reason()))
            .toList();
    boolean findings =
        asked.reasons().stream()
            .anyMatch(
                one -> one.gate().equals("findings") && one.result() != GateDecision.Result.PASS);
    UUID id = Ids.next();
    Instant expiresAt =
        jdbc.sql(
                """
                INSERT INTO outbound_review (id, message_id, organization, agent_id, state, version, reasons,
                  has_findings, policy_version, four_eyes, conversation_changed, submitter_key, alike, requested_at,
                  due_at, expires_at)
                VALUES (:id, :message, :organization, :agent, 'requested', :version, :reasons::jsonb, :findings,
                  :policy, :fourEyes, :conversation, :submitter, :alike, statement_timestamp(), :dueAt::timestamptz,
                  least(:expiresAt::timestamptz, statement_timestamp() + :hours * interval '1 hour'))
                RETURNING expires_at
                """)
            .param("id", id)
            .param("message", asked.message().value())
            .param("organization", asked.organization().value())
            .param("agent", asked.agent().value())
            .param("version", version)
            .param("reasons", write(reasons))
            .param("findings", findings)
            .param("policy", asked.policy().version())
            .param("fourEyes", asked.policy().review().fourEyes())
            .param("conversation", asked.policy().review().conversationChanged())
            .param("submitter", asked.submitter())
            .param("alike", alike(asked))
            .param("dueAt", asked.dueAt().toString())
            .param("expiresAt", asked.expiresAt().toString())
            .param("hours", asked.policy().review().expiresAfterHours())
            .query((row, number) -> row.getTimestamp("expires_at").toInstant())
            .single();
    Review review = find(id);
    record(review, "requested", Map.of("reasons", reasons, "policy", asked.policy().version()));
    events.requested(asked, id, version, reasons, expiresAt);
    mails.queue(review);
  }

  /** Stores a version; returns its number. */
  private int addVersion(StoredMessageId message, ReviewRequest of, String madeBy) {
    String[] recipients =
        of.recipients().stream().map(EmailAddress::mailbox).sorted().toArray(String[]::new);
    return jdbc.sql(
            """
            INSERT INTO outbound_review_version (message_id, version, content_sha256, content_size, transport,
              recipients, subject, hash, made_by, created_at)
            SELECT :message, coalesce(max(version), 0) + 1, :sha256, :size, :transport, :recipients, :subject, :hash,
              :madeBy, statement_timestamp()
            FROM outbound_review_version WHERE message_id = :message
            RETURNING version
            """)
        .param("message", message.value())
        .param("sha256", of.content().sha256())
        .param("size", of.content().size())
        .param("transport", of.transport())
        .param("recipients", recipients)
        .param("subject", of.subject())
        .param("hash", hash(of.content().sha256(), recipients, of.transport()))
        .param("madeBy", madeBy)
        .query(Integer.class)
        .single();
  }

  /** A version as a reviewer edited it becomes the one that the review is about. */
  @Transactional(propagation = Propagation.MANDATORY)
  public Review edited(Review review, KeptMail content, String subject) {
    Version old = review.version();
    String[] recipients = old.recipients().toArray(String[]::new);
    jdbc.sql(
            """
            WITH made AS (
              INSERT INTO outbound_review_version (message_id, version, content_sha256, content_size, transport,
                recipients, subject, hash, made_by, created_at)
              SELECT :message, max(version) + 1, :sha256, :size, :transport, :recipients, :subject, :hash, 'reviewer',
                statement_timestamp()
              FROM outbound_review_version WHERE message_id = :message
              RETURNING version)
            UPDATE outbound_review SET version = made.version FROM made WHERE id = :id
            """)
        .param("message", review.message().value())
        .param("sha256", content.sha256())
        .param("size", content.size())
        .param("transport", old.transport())
        .param("recipients", recipients)
        .param("subject", subject)
        .param("hash", hash(content.sha256(), recipients, old.transport()))
        .param("id", review.id())
        .update();
    Review edited = find(review.id());
    record(edited, "edited", Map.of());
    mails.queue(edited);
    return edited;
  }

  /**
   * Records a decision.
   *
   * @param by somebody who decided on the previous version is not counted again
   * @return the state of the review after it
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Review decide(Review review, boolean approved, Decider by, @Nullable String reason) {
    int number = review.version().number();
    jdbc.sql(
            """
            INSERT INTO outbound_review_decision (id, review_id, version, decision, reviewer, name, appointed_by, reason,
              parties, decided_at)
            VALUES (:id, :review, :version, :decision, :reviewer, :name, :appointedBy, :reason, :parties, statement_timestamp())
            ON CONFLICT (review_id, version, reviewer) DO NOTHING
            """)
        .param("id", Ids.next())
        .param("review", review.id())
        .param("version", number)
        .param("decision", approved ? "approved" : "rejected")
        .param("reviewer", by.reviewer())
        .param("name", by.name())
        .param("appointedBy", by.appointedBy())
        .param("reason", reason)
        .param("parties", parties.of(by).toArray(String[]::new))
        .update();
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("reviewer", by.reviewer());
    facts.put("name", by.name());
    if (reason != null) {
      facts.put("reason", reason);
    }
    record(review, approved ? "approved" : "rejected", facts);
    if (!approved) {
      close(review.id(), "rejected");
    } else if (!review.fourEyes() || isApprovedByTwo(review)) {
      close(review.id(), "approved");
    }
    return find(review.id());
  }

  private boolean isApprovedByTwo(Review review) {
    List<Set<String>> by =
        jdbc.sql(
                """
                SELECT reviewer, name, appointed_by, parties FROM outbound_review_decision
                WHERE review_id = :id AND version = :version AND decision = 'approved'
                """)
            .param("id", review.id())
            .param("version", review.version().number())
            .query(this::parties)
            .list();
    return by.stream()
        .anyMatch(one -> by.stream().anyMatch(other -> Collections.disjoint(one, other)));
  }

  /** As recorded with the decision: keys and people may have been deleted since. */
  private Set<String> parties(ResultSet row, int number) throws SQLException {
    Array words = row.getArray("parties");
    return words == null
        ? parties.of(
            new Decider(
                row.getString("reviewer"), row.getString("name"), row.getString("appointed_by")))
        : Set.of((String[]) words.getArray());
  }

  /**
   * Whether somebody is the key that submitted the message, or a key that made it or that it made,
   * directly or through others.
   *
   * @param word such as {@code key:<id>}; null: not known
   */
  public boolean isOfSubmitter(Review review, @Nullable String word) {
    return review.submitter() != null
        && word != null
        && Parties.key(word).filter(id -> parties.areRelated(id, review.submitter())).isPresent();
  }

  /** Records in the dossier that an answer decided nothing. */
  @Transactional
  public void refused(Review review, String by, String why) {
    record(review, "answer-refused", Map.of("reviewer", by, "reason", why));
  }

  /** Ends a review that is not decided, or whose approval was not used. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void end(Review review, String state) {
    close(review.id(), state);
    record(review, state, Map.of());
  }

  private void close(UUID id, String state) {
    jdbc.sql(
            """
            UPDATE outbound_review SET state = :state, decided_at = statement_timestamp()
            WHERE id = :id AND state IN ('requested', 'approved')
            """)
        .param("id", id)
        .param("state", state)
        .update();
  }

  /**
   * Uses an approval up for the first attempt that begins under it. Further attempts of the same
   * delivery find it used.
   *
   * @return false if there is no such approval of that message: nothing may be sent
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public boolean use(UUID review, StoredMessageId message, AttemptId attempt) {
    boolean first =
        jdbc.sql(
                    """
                    UPDATE outbound_review SET state = 'used', used_at = statement_timestamp(), used_attempt_id = :attempt
                    WHERE id = :id AND message_id = :message AND state = 'approved'
                    """)
                .param("id", review)
                .param("message", message.value())
                .param("attempt", attempt.value())
                .update()
            == 1;
    if (first) {
      record(find(review), "used", Map.of("attempt", attempt.toString()));
    }
    return first
        || jdbc.sql(
                "SELECT EXISTS (SELECT 1 FROM outbound_review WHERE id = :id AND message_id = :message AND state = 'used')")
            .param("id", review)
            .param("message", message.value())
            .query(Boolean.class)
            .single();
  }

  /** The review of that id, locked for the rest of the transaction. */
  @Transactional(propagation = Propagation.MANDATORY)
  public Optional<Review> lock(UUID id) {
    return jdbc.sql(SELECT + " WHERE r.id = :id FOR UPDATE OF r")
        .param("id", id)
        .query(this::read)
        .optional();
  }

  /** The last review of a message; empty if it was never reviewed. */
  public Optional<Review> last(StoredMessageId message) {
    return jdbc.sql(SELECT + " WHERE r.message_id = :message ORDER BY r.id DESC LIMIT 1")
        .param("message", message.value())
        .query(this::read)
        .optional();
  }

  /** The approvals of those messages that have no delivery. */
  public List<Review> unused(Collection<StoredMessageId> messages) {
    return jdbc.sql(
            SELECT
                + " WHERE r.state = 'approved' AND r.message_id = ANY (:messages) AND NOT EXISTS"
                + " (SELECT 1 FROM outbound_delivery d WHERE d.message_id = r.message_id)"
                + " ORDER BY r.message_id")
        .param("messages", messages.stream().map(StoredMessageId::value).toArray(UUID[]::new))
        .query(this::read)
        .list();
  }

  /** The reviews of those ids. */
  public Map<UUID, Review> find(List<UUID> ids) {
    return jdbc
        .sql(SELECT + " WHERE r.id = ANY (:ids)")
        .param("ids", ids.toArray(UUID[]::new))
        .query(this::read)
        .list()
        .stream()
        .collect(Collectors.toMap(Review::id, one -> one));
  }

  private Review find(UUID id) {
    return jdbc.sql(SELECT + " WHERE r.id = :id").param("id", id).query(this::read).single();
  }

  /**
   * Reviews, the oldest first.
   *
   * @param after the id to start after; null: from the start
   */
  public List<Review> list(Filter filter, @Nullable UUID after, int limit) {
    return jdbc.sql(
            SELECT
                + """
                WHERE (:organization::text IS NULL OR r.organization = :organization)
                  AND (:scope::uuid[] IS NULL OR r.agent_id = ANY (:scope))
                  AND (:state::text IS NULL OR r.state = :state)
                  AND (:agent::uuid IS NULL OR r.agent_id = :agent)
                  AND (:message::uuid IS NULL OR r.message_id = :message)
                  AND (:after::uuid IS NULL OR r.id > :after)
                ORDER BY r.id LIMIT :limit
                """)
        .param("organization", OrganizationId.valueOrNull(filter.organization()))
        .param("scope", Scope.agents(filter.scope()))
        .param("state", filter.state())
        .param("agent", filter.agent())
        .param("message", filter.message())
        .param("after", after)
        .param("limit", limit)
        .query(this::read)
        .list();
  }

  /** All versions of a message, the first one first. */
  public List<Version> versions(StoredMessageId message) {
    return jdbc.sql(
            """
            SELECT version, content_sha256, content_size, transport, recipients, subject, hash, made_by,
              created_at AS version_created_at
            FROM outbound_review_version WHERE message_id = :message ORDER BY version
            """)
        .param("message", message.value())
        .query((row, number) -> version(row))
        .list();
  }

  /** What was decided on a review, in order. */
  public List<Decision> decisions(UUID review) {
    return jdbc.sql("SELECT * FROM outbound_review_decision WHERE review_id = :id ORDER BY id")
        .param("id", review)
        .query(
            (row, number) ->
                new Decision(
                    row.getInt("version"),
                    row.getString("decision"),
                    row.getString("reviewer"),
                    row.getString("name"),
                    row.getString("reason"),
                    row.getTimestamp("decided_at").toInstant()))
        .list();
  }

  /** The messages of some reviews whose time to be decided is over. */
  public List<Review> expired(int limit, Set<UUID> passedOver) {
    return jdbc.sql(
            SELECT
                + " WHERE r.state = 'requested' AND r.expires_at <= statement_timestamp()"
                + " AND r.id <> ALL (:passedOver)"
                // It may have been sent after the backup was made.
                + " AND NOT EXISTS (SELECT 1 FROM database_life"
                + " WHERE restored_at IS NOT NULL AND reconciled_at IS NULL)"
                + " ORDER BY r.expires_at LIMIT :limit")
        .param("passedOver", passedOver.toArray(UUID[]::new))
        .param("limit", limit)
        .query(this::read)
        .list();
  }

  /**
   * Whether a node of an earlier release runs, which would compose an approved message again
   * instead of sending the approved bytes.
   */
  public boolean doesAnOlderNodeRun() {
    return doesANodeRunBefore(MIGRATION);
  }

  /** Whether a node of an earlier release runs, which would count one party as two. */
  public boolean doesANodeIgnoreParties() {
    return doesANodeRunBefore(PARTIES_MIGRATION);
  }

  private boolean doesANodeRunBefore(int migration) {
    return jdbc.sql(
            """
            SELECT EXISTS (SELECT 1 FROM gateway_node
              WHERE seen_at > statement_timestamp() - interval '30 s' AND migration < :migration)
            """)
        .param("migration", migration)
        .query(Boolean.class)
        .single();
  }

  /** Whether its time to be decided is over. */
  public boolean isOver(Review review) {
    return jdbc.sql(
            "SELECT expires_at <= statement_timestamp() FROM outbound_review WHERE id = :id")
        .param("id", review.id())
        .query(Boolean.class)
        .single();
  }

  /**
   * Whether it was asked for before a restore of the database that is not reconciled: the message
   * may have been approved and sent after the backup was made.
   */
  public boolean mayHaveLeft(Review review) {
    return jdbc.sql(
            """
            SELECT EXISTS (SELECT 1 FROM database_life l, outbound_review r
              WHERE r.id = :id AND r.requested_at < l.restored_at AND l.reconciled_at IS NULL)
            """)
        .param("id", review.id())
        .query(Boolean.class)
        .single();
  }

  /** The messages whose conversation got a mail after the review of the version was asked for. */
  public boolean isConversationChanged(Review review) {
    return jdbc.sql(
            """
            SELECT EXISTS (SELECT 1 FROM message m JOIN message n ON n.conversation_id = m.conversation_id
              WHERE m.id = :message AND n.direction = 'inbound' AND n.created_at > :since::timestamptz)
            """)
        .param("message", review.message().value())
        .param("since", review.requestedAt().toString())
        .query(Boolean.class)
        .single();
  }

  private void record(Review review, String what, Map<String, ?> more) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("review", review.id().toString());
    facts.put("state", what);
    facts.put("version", review.version().number());
    facts.put("hash", review.version().hash());
    facts.putAll(more);
    dossier.record(
        new DossierEntry(review.organization(), review.message(), DossierKind.REVIEW, facts));
  }

  /** Numbers differ between mails that are alike; so do addresses and names in a salutation. */
  private static String alike(ReviewRequest asked) {
    String text = asked.text();
    String cut = text.length() > MAX_COMPARED ? text.substring(0, MAX_COMPARED) : text;
    String shape =
        (asked.subject() + "\n" + cut.lines().skip(1).collect(Collectors.joining("\n")))
            .toLowerCase(Locale.ROOT)
            .replaceAll("\\S+@\\S+", "@")
            .replaceAll("\\d+", "0")
            .replaceAll("\\s+", " ");
    return digest(asked.agent() + "\n" + shape).substring(0, 32);
  }

  private static String hash(String sha256, String[] recipients, String transport) {
    return digest(sha256 + "\n" + String.join("\n", recipients) + "\n\n" + transport);
  }

  private static String digest(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private String write(List<Reason> reasons) {
    try {
      return json.writeValueAsString(reasons);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("reasons cannot be written", e);
    }
  }

  private Review read(ResultSet row, int number) throws SQLException {
    try {
      return new Review(
          row.getObject("id", UUID.class),
          new StoredMessageId(row.getObject("message_id", UUID.class)),
          new OrganizationId(row.getString("organization")),
          new AgentId(row.getObject("agent_id", UUID.class)),
          row.getString("state"),
          json.readValue(row.getString("reasons"), REASONS),
          row.getBoolean("has_findings"),
          row.getBoolean("four_eyes"),
          row.getBoolean("conversation_changed"),
          row.getObject("submitter_key", UUID.class),
          row.getString("alike"),
          row.getTimestamp("requested_at").toInstant(),
          row.getTimestamp("due_at").toInstant(),
          row.getTimestamp("expires_at").toInstant(),
          SqlTimestamps.read(row, "decided_at"),
          version(row));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the reasons of a review cannot be read", e);
    }
  }

  private static Version version(ResultSet row) throws SQLException {
    return new Version(
        row.getInt("version"),
        row.getString("content_sha256"),
        row.getLong("content_size"),
        row.getString("transport"),
        List.of((String[]) row.getArray("recipients").getArray()),
        row.getString("subject"),
        row.getString("hash"),
        row.getString("made_by"),
        row.getTimestamp("version_created_at").toInstant());
  }
}
