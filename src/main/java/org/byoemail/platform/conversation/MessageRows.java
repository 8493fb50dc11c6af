package org.byoemail.platform.conversation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.format.mail.ConversationId;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mail.JsonText;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mail.Times;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;

/** Between {@link Message} and its row. PostgreSQL keeps no NUL in text: it is left out. */
record MessageRows(ObjectMapper json) implements RowMapper<Message> {

  static final String INSERT =
      "INSERT INTO message (id, organization, conversation_id, endpoint_id, direction, from_address, from_name,"
          + " to_addresses, cc_addresses, reply_to, subject, text_body, html_body, rfc_message_id, in_reply_to,"
          + " rfc_references, headers, metadata, sent_date, created_at)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?::jsonb, ?, ?)";

  /** The columns, each text cut after {@code excerpt} characters. */
  static final String EXCERPT =
      "id, organization, conversation_id, endpoint_id, direction, from_address, from_name, to_addresses,"
          + " cc_addresses, reply_to, subject, left(text_body, :excerpt) AS text_body,"
          + " left(html_body, :excerpt) AS html_body, rfc_message_id, in_reply_to, rfc_references, headers,"
          + " metadata, sent_date, created_at";

  /** Sets the parameters of {@link #INSERT}. */
  void bind(PreparedStatement row, Message message) throws SQLException {
    row.setObject(1, message.id());
    row.setString(2, message.organization());
    row.setObject(3, message.conversation().value());
    row.setObject(4, message.endpoint().value());
    row.setString(5, message.direction().word());
    row.setString(6, clean(message.from()));
    row.setString(7, clean(message.fromName()));
    row.setObject(8, clean(message.to()));
    row.setObject(9, clean(message.cc()));
    row.setString(10, clean(message.replyTo()));
    row.setString(11, clean(message.subject()));
    row.setString(12, clean(message.text()));
    row.setString(13, clean(message.html()));
    row.setString(14, id(message.messageId()));
    row.setString(15, id(message.inReplyTo()));
    row.setObject(16, clean(message.references().stream().map(MessageId::value).toList()));
    row.setString(17, write(message.headers()));
    row.setString(18, write(message.metadata()));
    row.setTimestamp(19, Times.parameter(message.sentDate()));
    row.setTimestamp(20, Times.parameter(message.createdAt()));
  }

  private static @Nullable String id(@Nullable MessageId id) {
    return id == null ? null : clean(id.value());
  }

  @Override
  public Message mapRow(ResultSet row, int number) throws SQLException {
    return new Message(
        row.getObject("id", UUID.class),
        row.getString("organization"),
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
        Times.read(row, "sent_date"),
        row.getTimestamp("created_at").toInstant());
  }

  private static @Nullable String clean(@Nullable String text) {
    return text == null ? null : text.replace("\0", "");
  }

  private static String[] clean(List<String> texts) {
    return texts.stream().map(MessageRows::clean).toArray(String[]::new);
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
