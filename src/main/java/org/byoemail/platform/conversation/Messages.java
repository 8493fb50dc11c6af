package org.byoemail.platform.conversation;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.io.Reader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.byoemail.format.mail.StoredMessageId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** The stored messages. Thread-safe. */
@Repository
public class Messages {
  /** How many characters of each text of a message are read to show it. */
  public static final int EXCERPT = 64 * 1024;

  // Characters of the texts that one statement stores; more only of a single message.
  private static final int MAX_INSERTED = 1 << 20;

  // The length of a stored text is known without reading it.
  private static final String OUTLINED =
      """
      SELECT id, organization, conversation_id, endpoint_id, direction, from_address, from_name,
        to_addresses, cc_addresses, reply_to, subject,
        CASE WHEN size.bytes <= :longest THEN text_body END AS text_body,
        CASE WHEN size.bytes <= :longest THEN html_body END AS html_body,
        rfc_message_id, in_reply_to, rfc_references, headers, metadata, sent_date, created_at, size.bytes,
        EXISTS (SELECT 1 FROM attachment a WHERE a.message_id = message.id) AS files
      FROM message CROSS JOIN LATERAL (
        SELECT coalesce(octet_length(text_body), 0)::bigint
          + coalesce(octet_length(html_body), 0)::bigint AS bytes) size
      WHERE id = ANY (:ids)
      """;

  private final JdbcClient jdbc;
  private final MessageRows rows;

  Messages(JdbcClient jdbc, ObjectMapper json) {
    this.jdbc = jdbc;
    this.rows = new MessageRows(json);
  }

  /** Stores messages in the transaction of the caller; their conversations exist already. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void storeAll(List<Message> messages) {
    List<Message> some = new ArrayList<>();
    long characters = 0;
    for (Message message : messages) {
      long own = length(message.text()) + length(message.html());
      if (!some.isEmpty() && characters + own > MAX_INSERTED) {
        rows.insert(jdbc, some);
        some.clear();
        characters = 0;
      }
      some.add(message);
      characters += own;
    }
    if (!some.isEmpty()) {
      rows.insert(jdbc, some);
    }
  }

  /**
   * Replaces the text of a message, in the transaction of the caller, which publishes {@link
   * MessageTextsChanged}.
   *
   * @return whether it was another one; empty if the message is gone
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Optional<Boolean> replaceText(StoredMessageId id, String text) {
    String clean = text.replace("\0", "");
    Optional<Boolean> same =
        jdbc.sql(
                """
                SELECT text_body IS NOT DISTINCT FROM :text FROM message WHERE id = :id FOR NO KEY UPDATE
                """)
            .param("text", clean)
            .param("id", id.value())
            .query(Boolean.class)
            .optional();
    if (same.isPresent() && !same.get()) {
      jdbc.sql("UPDATE message SET text_body = :text WHERE id = :id")
          .param("text", clean)
          .param("id", id.value())
          .update();
    }
    return same.map(one -> !one);
  }

  /** Stores other contents of a message that was not sent, in the transaction of the caller. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void edit(Message edited) {
    jdbc.sql(
            "UPDATE message SET subject = :subject, text_body = :text, html_body = :html WHERE id = :id")
        .param("id", edited.id().value())
        .param("subject", edited.subject())
        .param("text", edited.text())
        .param("html", edited.html())
        .update();
  }

  private static long length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }

  /** The message of that id (not its Message-ID). */
  public Optional<Message> find(StoredMessageId id) {
    return jdbc.sql("SELECT * FROM message WHERE id = :id")
        .param("id", id.value())
        .query(rows)
        .optional();
  }

  /**
   * A message whose bodies may not have been loaded.
   *
   * @param bodyBytes how large both are together, in UTF-8
   * @param complete whether the bodies are loaded
   * @param hasFiles whether it has attachments
   */
  public record PartlyLoaded(Message message, long bodyBytes, boolean complete, boolean hasFiles) {}

  /**
   * The messages of those ids, in no order, with their bodies where they are short.
   *
   * @param longest load the bodies up to this many bytes together
   */
  public List<PartlyLoaded> find(Collection<StoredMessageId> ids, long longest) {
    return ids.isEmpty()
        ? List.of()
        : jdbc.sql(OUTLINED)
            .param("ids", ids.stream().map(StoredMessageId::value).toArray(UUID[]::new))
            .param("longest", longest)
            .query(
                (row, number) -> {
                  long bytes = row.getLong("bytes");
                  return new PartlyLoaded(
                      rows.mapRow(row, number), bytes, bytes <= longest, row.getBoolean("files"));
                })
            .list();
  }

  /** The message of that id, each of its texts cut after {@link #EXCERPT} characters. */
  public Optional<Message> excerpt(StoredMessageId id) {
    return jdbc.sql("SELECT " + MessageRows.EXCERPT + " FROM message WHERE id = :id")
        .param("excerpt", EXCERPT)
        .param("id", id.value())
        .query(rows)
        .optional();
  }

  /** The message of that id without its texts. */
  public Optional<Message> withoutTexts(StoredMessageId id) {
    return withoutTexts(List.of(id)).stream().findFirst();
  }

  /** The messages of those ids without their texts, in no order. */
  public List<Message> withoutTexts(Collection<StoredMessageId> ids) {
    return jdbc
        .sql("SELECT " + MessageRows.EXCERPT + " FROM message WHERE id = ANY (:ids)")
        .param("excerpt", 0)
        .param("ids", ids.stream().map(StoredMessageId::value).toArray(UUID[]::new))
        .query(rows)
        .list()
        .stream()
        .map(Message::withoutTexts)
        .toList();
  }

  /** The start of the HTML of a message, cut to a number of characters; empty if it has none. */
  public Optional<String> html(StoredMessageId id, int characters) {
    return jdbc.sql(
            "SELECT left(html_body, :characters) FROM message WHERE id = :id AND html_body IS NOT"
                + " NULL")
        .param("characters", characters)
        .param("id", id.value())
        .query(String.class)
        .optional();
  }

  /**
   * The messages with a Message-ID (RFC 5322), of any organization.
   *
   * @param messageId without angle brackets
   */
  public List<StoredMessageId> withMessageId(String messageId, int limit) {
    return jdbc.sql(
            "SELECT id FROM message WHERE rfc_message_id = :id ORDER BY id DESC LIMIT :limit")
        .param("id", messageId)
        .param("limit", limit)
        .query((row, number) -> new StoredMessageId(row.getObject("id", UUID.class)))
        .list();
  }

  /** Whether there is an outbound message of that id. */
  public boolean isOutbound(StoredMessageId id) {
    return jdbc.sql(
            "SELECT EXISTS (SELECT 1 FROM message WHERE id = :id AND direction = 'outbound')")
        .param("id", id.value())
        .query(Boolean.class)
        .single();
  }

  /** The organisation of a message. */
  public Optional<OrganizationId> organizationOf(StoredMessageId id) {
    return jdbc.sql("SELECT organization FROM message WHERE id = :id")
        .param("id", id.value())
        .query((row, n) -> new OrganizationId(row.getString("organization")))
        .optional();
  }

  /** Whether the message is within the scope; all are if that is null. */
  public boolean isWithin(@Nullable Scope scope, StoredMessageId id) {
    return scope == null
        || jdbc.sql(
                "SELECT EXISTS (SELECT 1 FROM message m WHERE m.id = :id AND "
                    + MessageScope.CONDITION
                    + ")")
            .param("id", id.value())
            .param("scopeAgents", Scope.agents(scope))
            .param("scopeAccounts", Scope.accounts(scope))
            .query(Boolean.class)
            .single();
  }

  /** How large the texts of a message are, in bytes of UTF-8; 0 if there is no such message. */
  public long sizeOfTexts(StoredMessageId id) {
    return jdbc.sql(
            """
            SELECT coalesce(octet_length(text_body), 0)::bigint + coalesce(octet_length(html_body), 0)
            FROM message WHERE id = :id
            """)
        .param("id", id.value())
        .query(Long.class)
        .optional()
        .orElse(0L);
  }

  /** The texts of a message. */
  public enum Body {
    TEXT("text_body"),
    HTML("html_body");

    private final String column;

    Body(String column) {
      this.column = column;
    }
  }

  /** Reads one text of a message in chunks; no database connection is held in between. */
  public Reader reader(StoredMessageId id, Body body) {
    return pieces(id, body).reader();
  }

  /** The same in UTF-8. */
  public InputStream bytes(StoredMessageId id, Body body) {
    return pieces(id, body).bytes();
  }

  private ChunkedText pieces(StoredMessageId id, Body body) {
    return new ChunkedText(
        (start, count) ->
            jdbc.sql(
                    "SELECT coalesce(substring("
                        + body.column
                        + " FROM :from FOR :count), '') FROM message WHERE id = :id")
                .param("id", id.value())
                .param("from", start + 1)
                .param("count", count)
                .query(String.class)
                .optional()
                .orElse(""));
  }

  /**
   * A page of a conversation.
   *
   * @param ids of its messages, the oldest first
   * @param bytes about how large their texts are as they are cut
   * @param isLast whether it is the last message
   */
  public record Plan(List<StoredMessageId> ids, long bytes, boolean isLast) {}

  /**
   * Plans a page of a conversation without reading any text.
   *
   * @param scope which messages; null for all
   * @param after the id of the message after which the page starts; null for the first page
   * @param limit how many messages at most
   * @param bytes where the page ends; it has one message at least
   */
  public Plan plan(
      ConversationId conversation,
      @Nullable Scope scope,
      @Nullable StoredMessageId after,
      int limit,
      long bytes) {
    record Line(StoredMessageId id, long bytes) {}
    List<Line> lines =
        jdbc.sql(
                """
                SELECT id, sum(bytes) OVER (ORDER BY id) AS bytes FROM (
                  SELECT id, 1000 + least(pg_column_size(to_addresses), 32000)
                    + least(coalesce(octet_length(text_body), 0), 2 * :excerpt) AS bytes FROM message m
                  WHERE conversation_id = :conversation AND (:after::uuid IS NULL OR id > :after) %s
                  ORDER BY id LIMIT :limit) page
                ORDER BY id
                """
                    .formatted(scope == null ? "" : "AND " + MessageScope.CONDITION))
            .param("scopeAgents", Scope.agents(scope))
            .param("scopeAccounts", Scope.accounts(scope))
            .param("excerpt", ConversationMessage.EXCERPT)
            .param("conversation", conversation.value())
            .param("after", after == null ? null : after.value())
            .param("limit", limit + 1)
            .query(
                (row, number) ->
                    new Line(
                        new StoredMessageId(row.getObject("id", UUID.class)), row.getLong("bytes")))
            .list();
    int size = Math.min(limit, lines.size());
    while (size > 1 && lines.get(size - 1).bytes() > bytes) {
      size--;
    }
    return new Plan(
        lines.subList(0, size).stream().map(Line::id).toList(),
        size == 0 ? 0 : lines.get(size - 1).bytes(),
        size == lines.size());
  }

  /** The messages of a page that was planned, the oldest first. */
  public List<ConversationMessage> read(Plan page) {
    return jdbc.sql(
            """
            SELECT id, organization, direction, left(from_address, 1000) AS from_address,
              left(from_name, 1000) AS from_name, cardinality(to_addresses) > 100 AS more_to,
              ARRAY(SELECT left(one, 320) FROM unnest(to_addresses[1\\:100]) AS one) AS to_addresses,
              left(subject, 1000) AS subject, left(text_body, :excerpt) AS text,
              octet_length(text_body) > octet_length(left(text_body, :excerpt)) AS more_text,
              html_body IS NOT NULL AS html, created_at
            FROM message WHERE id = ANY (:ids) ORDER BY id
            """)
        .param("excerpt", ConversationMessage.EXCERPT)
        .param("ids", page.ids().stream().map(StoredMessageId::value).toArray(UUID[]::new))
        .query(ConversationMessage::read)
        .list();
  }
}
