package org.byoemail.outbound.draft;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.submission.SubmissionSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Repository;

/** The table {@code draft}. Thread-safe. */
@Repository
class DraftRows {
  private static final String VISIBLE =
      """
       (:organization::text IS NULL OR organization = :organization)
       AND (:all OR agent_id = ANY (:scopeAgents) OR account_id = ANY (:scopeAccounts))
      """;
  private static final String COLUMNS =
      "id, organization, agent_id, account_id, version, from_address, subject, recipients, created_at, changed_at, sent_as";

  private final JdbcClient jdbc;

  DraftRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * What is stored of a content.
   *
   * @param recipients the first of them
   * @param addresses all that it names as sender, for replies, or as recipients
   */
  record Content(
      OrganizationId organization,
      UUID agent,
      @Nullable UUID account,
      String from,
      String subject,
      List<String> recipients,
      List<String> addresses,
      List<UUID> uploads,
      String json) {}

  void insert(UUID id, Content content) {
    bound(
            """
            INSERT INTO draft (id, organization, agent_id, account_id, from_address, subject, recipients, addresses, uploads,
              content, created_at, changed_at)
            VALUES (:id, :owner, :agent, :account::uuid, :from, :subject, :recipients, :addresses, :uploads,
              :json, statement_timestamp(), statement_timestamp())
            """,
            content)
        .param("id", id)
        .update();
  }

  /** Replaces the content of that version; false if the draft has another one, or was sent. */
  boolean replace(UUID id, int version, Content content) {
    return bound(
                """
                UPDATE draft SET organization = :owner, agent_id = :agent, account_id = :account::uuid,
                  from_address = :from, subject = :subject, recipients = :recipients, addresses = :addresses, uploads = :uploads,
                  content = :json, version = version + 1, changed_at = statement_timestamp()
                WHERE id = :id AND version = :version AND sent_as IS NULL
                """,
                content)
            .param("id", id)
            .param("version", version)
            .update()
        == 1;
  }

  private StatementSpec bound(String sql, Content content) {
    return jdbc.sql(sql)
        .param("owner", content.organization().value())
        .param("agent", content.agent())
        .param("account", content.account())
        .param("from", content.from())
        .param("subject", content.subject())
        .param("recipients", content.recipients().toArray(String[]::new))
        .param("addresses", content.addresses().toArray(String[]::new))
        .param("uploads", content.uploads().toArray(UUID[]::new))
        .param("json", content.json());
  }

  /** Records what that version was sent as; false if the draft has another one, or was sent. */
  boolean markSent(UUID id, int version, StoredMessageId message) {
    return jdbc.sql(
                """
                UPDATE draft SET sent_as = :message, content = NULL, subject = '', recipients = '{}', addresses = '{}', uploads = '{}',
                  changed_at = statement_timestamp()
                WHERE id = :id AND version = :version AND sent_as IS NULL
                """)
            .param("id", id)
            .param("version", version)
            .param("message", message.value())
            .update()
        == 1;
  }

  /**
   * Deletes a draft.
   *
   * @param version null: any
   */
  boolean delete(UUID id, @Nullable Integer version) {
    return jdbc.sql(
                "DELETE FROM draft WHERE id = :id AND (:version::int IS NULL OR version = :version)")
            .param("id", id)
            .param("version", version)
            .update()
        == 1;
  }

  boolean hasAtLeast(UUID agent, int count) {
    return jdbc.sql(
                "SELECT count(*) FROM (SELECT 1 FROM draft WHERE agent_id = :agent AND sent_as IS NULL LIMIT :count) AS open")
            .param("agent", agent)
            .param("count", count)
            .query(Integer.class)
            .single()
        >= count;
  }

  Optional<Draft> find(SubmissionSource source, UUID id) {
    return visible(
            "SELECT content, " + COLUMNS + " FROM draft WHERE id = :id AND " + VISIBLE, source)
        .param("id", id)
        .query((row, number) -> read(row, row.getString("content")))
        .optional();
  }

  /** Drafts without their contents, the newest first. */
  List<Draft> list(
      SubmissionSource source, @Nullable UUID agent, @Nullable UUID before, int limit) {
    return visible(
            "SELECT "
                + COLUMNS
                + " FROM draft WHERE (:agent::uuid IS NULL OR agent_id = :agent::uuid)"
                + " AND (:before::uuid IS NULL OR id < :before::uuid) AND "
                + VISIBLE
                + " ORDER BY id DESC LIMIT :limit",
            source)
        .param("agent", agent)
        .param("before", before)
        .param("limit", limit)
        .query((row, number) -> read(row, null))
        .list();
  }

  private StatementSpec visible(String sql, SubmissionSource source) {
    return jdbc.sql(sql)
        .param("organization", OrganizationId.valueOrNull(source.organization()))
        .param("all", source.scope() == null)
        .param("scopeAgents", Scope.agents(source.scope()))
        .param("scopeAccounts", Scope.accounts(source.scope()));
  }

  static Draft read(ResultSet row, @Nullable String content) throws SQLException {
    UUID account = row.getObject("account_id", UUID.class);
    UUID sentAs = row.getObject("sent_as", UUID.class);
    return new Draft(
        row.getObject("id", UUID.class),
        new OrganizationId(row.getString("organization")),
        new AgentId(row.getObject("agent_id", UUID.class)),
        account == null ? null : new AccountId(account),
        row.getInt("version"),
        row.getString("from_address"),
        row.getString("subject"),
        Arrays.asList((String[]) row.getArray("recipients").getArray()),
        content,
        row.getTimestamp("created_at").toInstant(),
        row.getTimestamp("changed_at").toInstant(),
        sentAs == null ? null : new StoredMessageId(sentAs));
  }
}
