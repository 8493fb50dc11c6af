package org.byoemail.platform.conversation;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.jspecify.annotations.Nullable;

/**
 * A message as one of a conversation.
 *
 * @param to the addresses in To, the first 100
 * @param moreTo whether there are more of them
 * @param text cut after {@link #EXCERPT} characters
 * @param moreText whether it was cut
 * @param hasHtml whether it has HTML, which is not read
 */
public record ConversationMessage(
    StoredMessageId id,
    OrganizationId organization,
    Direction direction,
    String from,
    @Nullable String fromName,
    List<String> to,
    boolean moreTo,
    String subject,
    @Nullable String text,
    boolean moreText,
    boolean hasHtml,
    Instant createdAt) {

  /** How many characters of a text are read. */
  public static final int EXCERPT = 10_000;

  static ConversationMessage read(ResultSet row, int number) throws SQLException {
    return new ConversationMessage(
        new StoredMessageId(row.getObject("id", UUID.class)),
        new OrganizationId(row.getString("organization")),
        Direction.valueOf(row.getString("direction").toUpperCase(Locale.ROOT)),
        row.getString("from_address"),
        row.getString("from_name"),
        Arrays.asList((String[]) row.getArray("to_addresses").getArray()),
        row.getBoolean("more_to"),
        row.getString("subject"),
        row.getString("text"),
        row.getBoolean("more_text"),
        row.getBoolean("html"),
        row.getTimestamp("created_at").toInstant());
  }
}
