package org.byoemail.outbound.sentfolder;

import jakarta.mail.MessagingException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.byoemail.account.connection.ImapAppend;
import org.byoemail.account.connection.ImapConnection;
import org.byoemail.account.connection.SelectResult;
import org.byoemail.account.connection.SpecialFolder;
import org.byoemail.format.mail.MessageId;
import org.byoemail.outbound.foldercopy.OpenFolder;
import org.jspecify.annotations.Nullable;

/**
 * An open Sent folder, which is only searched and added to: it is opened read-only. Used by one
 * thread.
 */
final class SentFolder implements AutoCloseable {
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d-MMM-yyyy", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final Duration AROUND_A_DAY = Duration.ofDays(2);

  private final OpenFolder folder;

  /**
   * Takes over the connection.
   *
   * @param named the folder's name; null: it is detected
   * @throws MessagingException if no folder is found, or it cannot be opened
   */
  SentFolder(ImapConnection connection, @Nullable String named) throws MessagingException {
    this.folder = new OpenFolder(connection, SpecialFolder.SENT, named, false);
  }

  /** Whether the server itself stores a copy of what it sends, as Gmail does. */
  static boolean isStoredByServer(ImapConnection connection) {
    return connection.has("X-GM-EXT-1");
  }

  /**
   * Searches for the copy of a mail by its Message-ID, or by the id of its attempt where a server
   * has changed the Message-ID.
   *
   * @return the Message-ID of the copy, or {@code id} if it has none; empty if there is no copy
   */
  Optional<MessageId> find(MessageId id, String attemptHeader, String attempt, Instant sentAt)
      throws MessagingException {
    List<Long> first =
        folder
            .search(
                "SINCE %s OR HEADER Message-ID %s HEADER %s %s"
                    .formatted(
                        DAY.format(sentAt.minus(AROUND_A_DAY)),
                        SelectResult.quoted(id.inBrackets()),
                        attemptHeader,
                        SelectResult.quoted(attempt)))
            .stream()
            .limit(1)
            .toList();
    if (first.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        folder.headerField(first, "MESSAGE-ID").values().stream()
            .findFirst()
            .flatMap(field -> MessageId.parse(field.substring(field.indexOf(':') + 1)))
            .orElse(id));
  }

  void append(ImapAppend.Content mail, Instant sentAt, Duration limit) throws MessagingException {
    ImapAppend.asRead(folder.connection(), folder.name(), sentAt, mail, limit);
  }

  @Override
  public void close() {
    folder.close();
  }
}
