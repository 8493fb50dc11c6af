package org.byoemail.outbound.sentfolder;

import jakarta.mail.MessagingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.byoemail.account.connection.ImapAppend;
import org.byoemail.account.connection.ImapConnection;
import org.byoemail.account.connection.ImapRefused;
import org.byoemail.account.connection.ImapResponse;
import org.byoemail.account.connection.SelectResult;
import org.byoemail.account.connection.SpecialFolder;
import org.byoemail.format.mail.MessageId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection with a Sent folder, which is only looked at and added to: it is opened read-only and
 * left by LOGOUT. Used by one thread.
 */
final class SentFolderVisit implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SentFolderVisit.class);
  private static final Duration GOODBYE = Duration.ofSeconds(10);
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d-MMM-yyyy", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final Duration AROUND_A_DAY = Duration.ofDays(2);

  private final ImapConnection connection;
  private final String folder;

  /**
   * Takes over the connection.
   *
   * @param named the folder's name; null: it is found
   * @throws ImapRefused if there is no such folder, or none that is named like one
   */
  SentFolderVisit(ImapConnection connection, @Nullable String named) throws MessagingException {
    this.connection = connection;
    this.folder =
        named == null
            ? SpecialFolder.SENT
                .find(connection)
                .orElseThrow(() -> new NoSentFolder("no Sent folder was found: name it"))
            : named;
    try {
      SelectResult.open(connection, folder, false);
    } catch (ImapRefused e) {
      throw new NoSentFolder("the folder " + folder + " cannot be opened: " + e.getMessage());
    }
  }

  /** There is no folder to store copies in. */
  static final class NoSentFolder extends MessagingException {
    NoSentFolder(String words) {
      super(words);
    }
  }

  /** Whether the server keeps a copy of what it sends by itself, as Gmail does. */
  static boolean isKept(ImapConnection connection) {
    return connection.has("X-GM-EXT-1");
  }

  /**
   * Looks for the copy of a mail by its Message-ID, or by the id of its attempt where a server has
   * changed the other.
   *
   * @return the Message-ID of what was found, ours where it has none; empty if nothing was
   */
  Optional<MessageId> find(MessageId id, String attemptHeader, String attempt, Instant sentAt)
      throws MessagingException {
    String[] uid = {""};
    connection.send(
        "UID SEARCH SINCE %s OR HEADER Message-ID %s HEADER %s %s"
            .formatted(
                DAY.format(sentAt.minus(AROUND_A_DAY)),
                SelectResult.quoted(id.inBrackets()),
                attemptHeader,
                SelectResult.quoted(attempt)),
        said -> {
          if (said.is("SEARCH") && uid[0].isEmpty()) {
            uid[0] = said.text().strip().split("\\s", 2)[0];
          }
        });
    return uid[0].matches("\\d{1,18}")
        ? Optional.of(messageId(uid[0]).orElse(id))
        : Optional.empty();
  }

  private Optional<MessageId> messageId(String uid) throws MessagingException {
    String[] field = new String[1];
    connection.send(
        "UID FETCH " + uid + " (BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])",
        said -> {
          if (said.is("FETCH") && field[0] == null) {
            field[0] = body(said);
          }
        });
    return field[0] == null
        ? Optional.empty()
        : MessageId.parse(field[0].substring(field[0].indexOf(':') + 1));
  }

  private static @Nullable String body(ImapResponse response) {
    try {
      for (Map.Entry<String, @Nullable Object> item : response.fetched().entrySet()) {
        if (item.getKey().startsWith("BODY[") && item.getValue() != null) {
          return item.getValue() instanceof byte[] bytes
              ? new String(bytes, StandardCharsets.ISO_8859_1)
              : String.valueOf(item.getValue());
        }
      }
    } catch (IllegalArgumentException e) {
      log.debug("A server's answer to FETCH cannot be read", e);
    }
    return null;
  }

  void append(ImapAppend.Content mail, Instant sentAt, Duration limit) throws MessagingException {
    ImapAppend.asRead(connection, folder, sentAt, mail, limit);
  }

  @Override
  public void close() {
    connection.leave(GOODBYE);
    connection.close();
  }
}
