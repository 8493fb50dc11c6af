package org.byoemail.platform.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.RowMapper;

/**
 * Reads the rows of events. An event whose data cannot be read is published without it, since all
 * later ones would wait otherwise.
 */
record EventRows(ObjectMapper json) implements RowMapper<Event> {
  private static final Logger log = LoggerFactory.getLogger(EventRows.class);

  @Override
  public Event mapRow(ResultSet row, int number) throws SQLException {
    return new Event(
        row.getObject("id", UUID.class),
        row.getLong("position"),
        new OrganizationId(row.getString("organization")),
        row.getString("type"),
        row.getObject("message_id", UUID.class),
        row.getObject("account_id", UUID.class),
        row.getInt("sequence"),
        data(row),
        row.getTimestamp("created_at").toInstant(),
        row.getString("traceparent"));
  }

  private JsonNode data(ResultSet row) throws SQLException {
    try {
      return json.readTree(row.getString("body"));
    } catch (JsonProcessingException e) {
      log.error("cannot read the data of event {}: publishing it without", row.getString("id"), e);
      return json.createObjectNode().put("unreadable", true);
    }
  }
}
