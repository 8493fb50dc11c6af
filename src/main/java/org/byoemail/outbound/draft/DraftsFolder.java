package org.byoemail.outbound.draft;

import jakarta.mail.MessagingException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.account.connection.ImapAppend;
import org.byoemail.account.connection.ImapConnection;
import org.byoemail.account.connection.ImapRefused;
import org.byoemail.account.connection.SelectResult;
import org.byoemail.account.connection.SpecialFolder;
import org.byoemail.outbound.foldercopy.OpenFolder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open Drafts folder, in which copies of drafts are added and removed; a mail without the
 * version field of a copy is not touched. Used by one thread.
 */
final class DraftsFolder implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DraftsFolder.class);
  private static final Duration APPEND = Duration.ofMinutes(5);
  private static final Pattern VERSION =
      Pattern.compile("(?i)" + DraftMail.VERSION + ":\\s*([0-9]{1,9})");

  private final OpenFolder folder;

  /**
   * Takes over the connection.
   *
   * @param named the folder's name; null: it is detected
   * @throws MessagingException if no folder is found, or it cannot be opened
   */
  DraftsFolder(ImapConnection connection, @Nullable String named) throws MessagingException {
    this.folder = new OpenFolder(connection, SpecialFolder.DRAFTS, named, true);
  }

  String name() {
    return folder.name();
  }

  /**
   * Ensures that the folder has one copy of that version and none of any other. An existing copy is
   * not stored again, and if another node stores one at the same time, only one stays.
   *
   * @return whether it was stored
   * @throws ImapRefused if the server does not take it
   */
  boolean store(UUID draft, int version, Instant changedAt, ImapAppend.Content mail)
      throws MessagingException {
    folder.select(name());
    Map<Long, Integer> found = find(draft);
    boolean missing = !found.containsValue(version);
    if (missing) {
      ImapAppend.asDraft(folder.connection(), name(), changedAt, mail, APPEND);
      folder.connection().send("NOOP");
      found = find(draft);
    }
    Map<Long, Integer> all = found;
    all.entrySet().stream()
        .filter(copy -> copy.getValue() == version)
        .findFirst()
        .ifPresent(first -> all.remove(first.getKey()));
    folder.delete(all.keySet());
    return missing;
  }

  /**
   * Removes all copies of a draft from a folder, which may no longer exist.
   *
   * @return whether there was one
   */
  boolean remove(UUID draft, String from) throws MessagingException {
    try {
      folder.select(from);
    } catch (ImapRefused e) {
      log.debug("A folder that had a copy of draft {} cannot be opened", draft, e);
      return false;
    }
    Set<Long> copies = find(draft).keySet();
    folder.delete(copies);
    return !copies.isEmpty();
  }

  /** The versions of the copies by UID, in the order of the UIDs. */
  private Map<Long, Integer> find(UUID draft) throws MessagingException {
    Set<Long> uids =
        folder.search(
            "UNDELETED HEADER Message-ID "
                + SelectResult.quoted(DraftMail.messageId(draft).inBrackets()));
    Map<Long, Integer> versions = new TreeMap<>();
    folder
        .headerField(uids, DraftMail.VERSION)
        .forEach(
            (uid, field) -> {
              Matcher version = VERSION.matcher(field);
              if (version.matches()) {
                versions.put(uid, Integer.valueOf(version.group(1)));
              }
            });
    return versions;
  }

  @Override
  public void close() {
    folder.close();
  }
}
