package org.byoemail.inbound.ingest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.format.mail.JsonText;
import org.byoemail.format.mail.StoredMessageId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Stores and reads the screenings of inbound messages. Safe for use by many threads. */
@Repository
public class Screenings {
  private final JdbcClient jdbc;
  private final ObjectMapper json;

  Screenings(JdbcClient jdbc, ObjectMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /** Stores the screenings of new messages, in the caller's transaction and by one statement. */
  void store(Map<StoredMessageId, Screening> screenings) {
    List<Map.Entry<StoredMessageId, Screening>> all =
        screenings.entrySet().stream().filter(each -> !each.getValue().isEmpty()).toList();
    if (all.isEmpty()) {
      return;
    }
    List<Screening> made = all.stream().map(Map.Entry::getValue).toList();
    jdbc.sql(
            """
            INSERT INTO message_screening (message_id, plain_text, preheader, hidden, findings)
            SELECT id, plain, preheader, hidden::jsonb, findings::jsonb
            FROM unnest(:ids::uuid[], :plain::text[], :preheaders::text[], :hidden::text[],
              :findings::text[])
              AS made (id, plain, preheader, hidden, findings)
            """)
        .param("ids", all.stream().map(one -> one.getKey().value()).toArray(UUID[]::new))
        .param("plain", made.stream().map(one -> clean(one.plainText())).toArray(String[]::new))
        .param(
            "preheaders", made.stream().map(one -> clean(one.preheader())).toArray(String[]::new))
        .param("hidden", made.stream().map(one -> write(one.hidden())).toArray(String[]::new))
        .param("findings", made.stream().map(one -> write(one.findings())).toArray(String[]::new))
        .update();
  }

  /**
   * Replaces the screening of a message, in the caller's transaction, which holds a lock on the
   * message.
   */
  void replace(StoredMessageId message, Screening screening) {
    jdbc.sql("DELETE FROM message_screening WHERE message_id = :message")
        .param("message", message.value())
        .update();
    store(Map.of(message, screening));
  }

  /** The screening of a message. */
  public Screening ofMessage(StoredMessageId message) {
    return jdbc.sql("SELECT * FROM message_screening WHERE message_id = :message")
        .param("message", message.value())
        .query((row, number) -> read(row))
        .optional()
        .orElse(Screening.NOTHING);
  }

  private Screening read(ResultSet row) throws SQLException {
    try {
      return new Screening(
          row.getString("plain_text"),
          row.getString("preheader"),
          json.readValue(row.getString("hidden"), new TypeReference<>() {}),
          json.readValue(row.getString("findings"), new TypeReference<>() {}));
    } catch (JsonProcessingException e) {
      throw new SQLException("a row of message_screening has malformed JSON", e);
    }
  }

  private static @Nullable String clean(@Nullable String text) {
    return text == null ? null : text.replace("\0", "");
  }

  private String write(Object value) {
    try {
      return JsonText.withoutNul(json.writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a screening that cannot be written as JSON", e);
    }
  }
}
