package org.byoemail.outbound.draft;

import jakarta.mail.MessagingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.byoemail.account.connection.ImapAppend;
import org.byoemail.account.connection.ImapConnection;
import org.byoemail.account.connection.ImapRefused;
import org.byoemail.account.connection.ImapResponse;
import org.byoemail.account.connection.SelectResult;
import org.byoemail.account.connection.SpecialFolder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection with a Drafts folder, in which copies of drafts are added and removed; a mail that
 * is not one of ours is not touched. Used by one thread.
 */
final class DraftsFolderVisit implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DraftsFolderVisit.class);
  private static final Duration GOODBYE = Duration.ofSeconds(10);
  private static final Duration APPEND = Duration.ofMinutes(5);
  private static final int MAX_COPIES = 100;
  private static final Pattern VERSION =
      Pattern.compile("(?i)" + DraftMail.VERSION + ":\\s*([0-9]{1,9})\\s*");

  private final ImapConnection connection;
  private final String folder;
  private String open;

  /**
   * Takes over the connection.
   *
   * @param named the folder's name; null: it is found
   * @throws MessagingException if there is no such folder, or none that is named like one
   */
  DraftsFolderVisit(ImapConnection connection, @Nullable String named) throws MessagingException {
    this.connection = connection;
    this.folder =
        named == null
            ? SpecialFolder.DRAFTS
                .find(connection)
                .orElseThrow(() -> new NoDraftsFolder("no Drafts folder was found: name it"))
            : named;
    this.open = folder;
    try {
      SelectResult.open(connection, folder, true);
    } catch (ImapRefused e) {
      throw new NoDraftsFolder("the folder " + folder + " cannot be opened: " + e.getMessage());
    }
  }

  /** There is no folder to store copies in. */
  static final class NoDraftsFolder extends MessagingException {
    private static final long serialVersionUID = 1;

    NoDraftsFolder(String words) {
      super(words);
    }
  }

  String folder() {
    return folder;
  }

  /**
   * Makes the folder have one copy of that version and none of the others. A copy that is there is
   * not stored again, and one that another node stores at the same time does not stay twice.
   *
   * @return whether it was stored
   * @throws ImapRefused if the server does not take it
   */
  boolean store(UUID draft, int version, Instant changedAt, ImapAppend.Content mail)
      throws MessagingException {
    select(folder);
    Map<Long, Integer> found = find(draft);
    boolean missing = !found.containsValue(version);
    if (missing) {
      ImapAppend.asDraft(connection, folder, changedAt, mail, APPEND);
      connection.send("NOOP");
      found = find(draft);
    }
    Map<Long, Integer> all = found;
    all.entrySet().stream()
        .filter(copy -> copy.getValue() == version)
        .findFirst()
        .ifPresent(first -> all.remove(first.getKey()));
    delete(all.keySet());
    return missing;
  }

  /**
   * Removes all copies of a draft from a folder, which may no longer exist.
   *
   * @return whether there was one
   */
  boolean remove(UUID draft, String from) throws MessagingException {
    try {
      select(from);
    } catch (ImapRefused e) {
      log.debug("A folder that had a copy of draft {} cannot be opened", draft, e);
      return false;
    }
    Collection<Long> copies = find(draft).keySet();
    delete(copies);
    return !copies.isEmpty();
  }

  private void select(String name) throws MessagingException {
    if (!name.equals(open)) {
      open = "";
      SelectResult.open(connection, name, true);
      open = name;
    }
  }

  /** The versions of our copies by UID, in the order of the UIDs. */
  private Map<Long, Integer> find(UUID draft) throws MessagingException {
    TreeSet<Long> uids = new TreeSet<>();
    connection.send(
        "UID SEARCH UNDELETED HEADER Message-ID "
            + SelectResult.quoted(DraftMail.messageId(draft).inBrackets()),
        said -> {
          if (said.is("SEARCH")) {
            for (String uid : said.text().strip().split("\\s+")) {
              if (uid.matches("\\d{1,18}") && uids.size() < MAX_COPIES) {
                uids.add(Long.valueOf(uid));
              }
            }
          }
        });
    Map<Long, Integer> versions = new TreeMap<>();
    if (!uids.isEmpty()) {
      connection.send(
          "UID FETCH " + set(uids) + " (UID BODY.PEEK[HEADER.FIELDS (" + DraftMail.VERSION + ")])",
          said -> {
            if (said.is("FETCH")) {
              read(said, uids, versions);
            }
          });
    }
    return versions;
  }

  private static void read(ImapResponse said, Collection<Long> asked, Map<Long, Integer> versions) {
    Map<String, @Nullable Object> items;
    try {
      items = said.fetched();
    } catch (IllegalArgumentException e) {
      log.debug("A server's answer to FETCH cannot be read", e);
      return;
    }
    String uid = String.valueOf(items.get("UID"));
    if (!uid.matches("\\d{1,18}") || !asked.contains(Long.valueOf(uid))) {
      return;
    }
    for (Map.Entry<String, @Nullable Object> item : items.entrySet()) {
      if (item.getKey().startsWith("BODY[") && item.getValue() != null) {
        String field =
            item.getValue() instanceof byte[] bytes
                ? new String(bytes, StandardCharsets.ISO_8859_1)
                : String.valueOf(item.getValue());
        Matcher version = VERSION.matcher(field.strip());
        if (version.matches()) {
          versions.put(Long.valueOf(uid), Integer.valueOf(version.group(1)));
        }
      }
    }
  }

  /** Without UIDPLUS (RFC 4315) the copies are only flagged: EXPUNGE would remove other mails. */
  private void delete(Collection<Long> uids) throws MessagingException {
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
    connection.leave(GOODBYE);
    connection.close();
  }
}
