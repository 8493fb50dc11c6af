package org.byoemail.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import org.springframework.jdbc.core.RowMapper;

/** Reads the rows of events. */
record EventRows(ObjectMapper json) implements RowMapper<Event> {

  @Override
  public Event mapRow(ResultSet row, int number) throws SQLException {
    try {
      return new Event(
          row.getObject("id", UUID.class),
          row.getLong("position"),
          row.getString("organization"),
          row.getString("type"),
          row.getObject("message_id", UUID.class),
          row.getObject("account_id", UUID.class),
          row.getInt("sequence"),
          json.readTree(row.getString("body")),
          row.getTimestamp("created_at").toInstant());
    } catch (JsonProcessingException e) {
      throw new SQLException("event " + row.getString("id") + " holds no JSON", e);
    }
  }
}
