package org.byoemail.platform.conversation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mail.JsonText;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.SqlTimestamps;
import org.byoemail.format.mail.StoredMessageId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Between {@link Message} and its row. PostgreSQL keeps no NUL in text: it is left out. */
record MessageRows(ObjectMapper json) implements RowMapper<Message> {

  /** Stores several messages, a column of which is an array. */
  private static final String INSERT =
      """
      INSERT INTO message (id, organization, conversation_id, endpoint_id, direction, from_address, from_name,
        to_addresses, cc_addresses, reply_to, subject, text_body, html_body, rfc_message_id, in_reply_to,
        rfc_references, headers, metadata, sent_date, created_at)
      SELECT n.id, n.organization, n.conversation, n.endpoint, n.direction, n.from_address, n.from_name,
        n.to_addresses::text[], n.cc_addresses::text[], n.reply_to, n.subject, n.text_body, n.html_body,
        n.rfc_message_id, n.in_reply_to, n.rfc_references::text[], n.headers::jsonb, n.metadata::jsonb,
        timestamptz 'epoch' + n.sent * interval '1 microsecond',
        timestamptz 'epoch' + n.created * interval '1 microsecond'
      FROM unnest(:ids::uuid[], :organizations::text[], :conversations::uuid[], :endpoints::uuid[],
          :directions::text[], :froms::text[], :fromNames::text[], :tos::text[], :ccs::text[],
          :replyTos::text[], :subjects::text[], :texts::text[], :htmls::text[], :messageIds::text[],
          :inReplyTos::text[], :references::text[], :headers::text[], :metadata::text[],
          :sent::bigint[], :created::bigint[])
        AS n (id, organization, conversation, endpoint, direction, from_address, from_name, to_addresses,
          cc_addresses, reply_to, subject, text_body, html_body, rfc_message_id, in_reply_to, rfc_references,
          headers, metadata, sent, created)
      """;

  /** The columns, each text cut after {@code excerpt} characters. */
  static final String EXCERPT =
      "id, organization, conversation_id, endpoint_id, direction, from_address, from_name,"
          + " to_addresses, cc_addresses, reply_to, subject, left(text_body, :excerpt) AS"
          + " text_body, left(html_body, :excerpt) AS html_body, rfc_message_id, in_reply_to,"
          + " rfc_references, headers, metadata, sent_date, created_at";

  /** Stores messages with one statement. */
  void insert(JdbcClient jdbc, List<Message> messages) {
    jdbc.sql(INSERT)
        .param("ids", uuids(messages, message -> message.id().value()))
        .param("organizations", texts(messages, message -> message.organization().value()))
        .param("conversations", uuids(messages, message -> message.conversation().value()))
        .param("endpoints", uuids(messages, message -> message.endpoint().value()))
        .param("directions", texts(messages, message -> message.direction().word()))
        .param("froms", texts(messages, message -> clean(message.from())))
        .param("fromNames", texts(messages, message -> clean(message.fromName())))
        .param("tos", texts(messages, message -> array(message.to())))
        .param("ccs", texts(messages, message -> array(message.cc())))
        .param("replyTos", texts(messages, message -> clean(message.replyTo())))
        .param("subjects", texts(messages, message -> clean(message.subject())))
        .param("texts", texts(messages, message -> clean(message.text())))
        .param("htmls", texts(messages, message -> clean(message.html())))
        .param("messageIds", texts(messages, message -> id(message.messageId())))
        .param("inReplyTos", texts(messages, message -> id(message.inReplyTo())))
        .param(
            "references",
            texts(
                messages,
                message -> array(message.references().stream().map(MessageId::value).toList())))
        .param("headers", texts(messages, message -> write(message.headers())))
        .param("metadata", texts(messages, message -> write(message.metadata())))
        .param("sent", micros(messages, Message::sentDate))
        .param("created", micros(messages, Message::createdAt))
        .update();
  }

  private static UUID[] uuids(List<Message> messages, Function<Message, UUID> field) {
    return messages.stream().map(field).toArray(UUID[]::new);
  }

  private static String[] texts(List<Message> messages, Function<Message, @Nullable String> field) {
    return messages.stream().map(field).toArray(String[]::new);
  }

  private static Long[] micros(List<Message> messages, Function<Message, @Nullable Instant> field) {
    return messages.stream()
        .map(field)
        .map(time -> time == null ? null : ChronoUnit.MICROS.between(Instant.EPOCH, time))
        .toArray(Long[]::new);
  }

  /**
   * An array of texts as a literal: each quoted, with backslashes before quotes and backslashes.
   */
  static String array(List<String> texts) {
    StringBuilder literal = new StringBuilder("{");
    for (String text : texts) {
      literal.append(literal.length() == 1 ? "\"" : ",\"");
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '"' || c == '\\') {
          literal.append('\\');
        }
        if (c != 0) {
          literal.append(c);
        }
      }
      literal.append('"');
    }
    return literal.append('}').toString();
  }

  private static @Nullable String id(@Nullable MessageId id) {
    return id == null ? null : clean(id.value());
  }

  @Override
  public Message mapRow(ResultSet row, int number) throws SQLException {
    return new Message(
        new StoredMessageId(row.getObject("id", UUID.class)),
        new OrganizationId(row.getString("organization")),
        new ConversationId(row.getObject("conversation_id", UUID.class)),
        new EndpointId(row.getObject("endpoint_id", UUID.class)),
        Direction.valueOf(row.getString("direction").toUpperCase(java.util.Locale.ROOT)),
        row.getString("from_address"),
        row.getString("from_name"),
        list(row, "to_addresses"),
        list(row, "cc_addresses"),
        row.getString("reply_to"),
        row.getString("subject"),
        row.getString("text_body"),
        row.getString("html_body"),
        MessageId.parse(row.getString("rfc_message_id")).orElse(null),
        MessageId.parse(row.getString("in_reply_to")).orElse(null),
        list(row, "rfc_references").stream().map(MessageId::new).toList(),
        read(row.getString("headers"), new TypeReference<List<HeaderField>>() {}),
        read(row.getString("metadata"), new TypeReference<Map<String, Object>>() {}),
        SqlTimestamps.read(row, "sent_date"),
        row.getTimestamp("created_at").toInstant());
  }

  private static @Nullable String clean(@Nullable String text) {
    return text == null ? null : text.replace("\0", "");
  }

  private static List<String> list(ResultSet row, String column) throws SQLException {
    return Arrays.asList((String[]) row.getArray(column).getArray());
  }

  private String write(Object value) {
    try {
      return JsonText.withoutNul(json.writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a message that cannot be written as JSON", e);
    }
  }

  private <T> T read(String text, TypeReference<T> type) throws SQLException {
    try {
      return json.readValue(text, type);
    } catch (JsonProcessingException e) {
      throw new SQLException("a message row has malformed JSON", e);
    }
  }
}
