package org.byoemail.conversation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.mail.HeaderField;
import org.byoemail.mail.JsonText;
import org.byoemail.mail.MessageId;
import org.byoemail.mail.Times;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;

/** Between {@link Message} and its row. PostgreSQL keeps no NUL in text: it is left out. */
record MessageRows(ObjectMapper json) implements RowMapper<Message> {

  Map<String, @Nullable Object> parameters(Message message) {
    Map<String, @Nullable Object> row = new HashMap<>();
    row.put("id", message.id());
    row.put("organization", message.organization());
    row.put("conversation", message.conversation());
    row.put("endpoint", message.endpoint());
    row.put("direction", message.direction().word());
    row.put("from", clean(message.from()));
    row.put("fromName", clean(message.fromName()));
    row.put("to", clean(message.to()));
    row.put("cc", clean(message.cc()));
    row.put("replyTo", clean(message.replyTo()));
    row.put("subject", clean(message.subject()));
    row.put("text", clean(message.text()));
    row.put("html", clean(message.html()));
    row.put("messageId", message.messageId() == null ? null : clean(message.messageId().value()));
    row.put("inReplyTo", message.inReplyTo() == null ? null : clean(message.inReplyTo().value()));
    row.put("references", clean(message.references().stream().map(MessageId::value).toList()));
    row.put("headers", write(message.headers()));
    row.put("metadata", write(message.metadata()));
    row.put("sentDate", Times.parameter(message.sentDate()));
    row.put("createdAt", Times.parameter(message.createdAt()));
    return row;
  }

  @Override
  public Message mapRow(ResultSet row, int number) throws SQLException {
    return new Message(
        row.getObject("id", UUID.class),
        row.getString("organization"),
        row.getObject("conversation_id", UUID.class),
        row.getObject("endpoint_id", UUID.class),
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
      throw new SQLException("a message row holds no JSON where it should", e);
    }
  }
}
