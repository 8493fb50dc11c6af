package org.byoemail.outbound.foldercopy;

import jakarta.mail.MessagingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.byoemail.account.connection.ImapConnection;
import org.byoemail.account.connection.ImapRefused;
import org.byoemail.account.connection.ImapResponse;
import org.byoemail.account.connection.SelectResult;
import org.byoemail.account.connection.SpecialFolder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection with a special folder selected. It is closed by LOGOUT. Used by one thread. */
public final class OpenFolder implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OpenFolder.class);
  private static final Duration LOGOUT = Duration.ofSeconds(10);
  private static final int MAX_FOUND = 100;
  private static final String UID = "\\d{1,18}";

  private final ImapConnection connection;
  private final boolean writable;
  private final String name;
  private String selected;

  /**
   * Takes over the connection and selects the folder.
   *
   * @param use its special use, such as Sent
   * @param named the folder's name; null: it is detected
   * @param writable false: it is opened by EXAMINE
   * @throws NoSuchFolder if none is found, or it cannot be opened
   */
  public OpenFolder(
      ImapConnection connection, SpecialFolder use, @Nullable String named, boolean writable)
      throws MessagingException {
    this.connection = connection;
    this.writable = writable;
    this.name =
        named == null
            ? use.find(connection)
                .orElseThrow(
                    () -> new NoSuchFolder("no " + use.label() + " folder was found: name it"))
            : named;
    this.selected = name;
    try {
      SelectResult.open(connection, name, writable);
    } catch (ImapRefused e) {
      throw new NoSuchFolder("the folder " + name + " cannot be opened: " + e.getMessage());
    }
  }

  /** No folder for the copies was found, or it cannot be opened. */
  static final class NoSuchFolder extends MessagingException {
    private static final long serialVersionUID = 1;

    NoSuchFolder(String message) {
      super(message);
    }
  }

  /** The connection, with a folder selected. */
  public ImapConnection connection() {
    return connection;
  }

  /** The folder's name. */
  public String name() {
    return name;
  }

  /**
   * Selects this or another folder, unless it is selected.
   *
   * @throws ImapRefused if it cannot be opened
   */
  public void select(String folder) throws MessagingException {
    if (!folder.equals(selected)) {
      selected = "";
      SelectResult.open(connection, folder, writable);
      selected = folder;
    }
  }

  /** The UIDs that UID SEARCH finds; the first 100 of them. */
  public Set<Long> search(String criteria) throws MessagingException {
    TreeSet<Long> uids = new TreeSet<>();
    connection.send(
        "UID SEARCH " + criteria,
        response -> {
          if (response.is("SEARCH")) {
            for (String uid : response.text().strip().split("\\s+")) {
              if (uid.matches(UID) && uids.size() < MAX_FOUND) {
                uids.add(Long.valueOf(uid));
              }
            }
          }
        });
    return uids;
  }

  /** A header field of these mails, by UID, as it is in the mail: with its name. */
  public Map<Long, String> headerField(Collection<Long> uids, String field)
      throws MessagingException {
    Map<Long, String> fields = new TreeMap<>();
    if (!uids.isEmpty()) {
      connection.send(
          "UID FETCH " + set(uids) + " (UID BODY.PEEK[HEADER.FIELDS (" + field + ")])",
          response -> {
            if (response.is("FETCH")) {
              read(response, uids, fields);
            }
          });
    }
    return fields;
  }

  private static void read(
      ImapResponse response, Collection<Long> requested, Map<Long, String> fields) {
    Map<String, @Nullable Object> items;
    try {
      items = response.fetched();
    } catch (IllegalArgumentException e) {
      log.debug("A FETCH response cannot be read", e);
      return;
    }
    String uid = String.valueOf(items.get("UID"));
    if (!uid.matches(UID) || !requested.contains(Long.valueOf(uid))) {
      return;
    }
    for (Map.Entry<String, @Nullable Object> item : items.entrySet()) {
      if (item.getKey().startsWith("BODY[") && item.getValue() != null) {
        String text =
            item.getValue() instanceof byte[] bytes
                ? new String(bytes, StandardCharsets.ISO_8859_1)
                : String.valueOf(item.getValue());
        fields.put(Long.valueOf(uid), text.strip());
      }
    }
  }

  /** Without UIDPLUS (RFC 4315) mails are only flagged: EXPUNGE would remove others as well. */
  public void delete(Collection<Long> uids) throws MessagingException {
    if (uids.isEmpty()) {
      return;
    }
    connection.send("UID STORE " + set(uids) + " +FLAGS.SILENT (\\Deleted)");
    if (connection.has("UIDPLUS")) {
      connection.send("UID EXPUNGE " + set(uids));
    }
  }

  private static String set(Collection<Long> uids) {
    return uids.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  @Override
  public void close() {
    connection.leave(LOGOUT);
    connection.close();
  }
}
