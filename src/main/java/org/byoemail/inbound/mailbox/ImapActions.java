package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import org.byoemail.account.connection.ImapRefused;
import org.byoemail.account.connection.SelectResult;
import org.byoemail.inbound.mailbox.RemoteFolder.Refused;

/**
 * Changes mails on the server, by UID and only those named: a plain EXPUNGE or CLOSE would also
 * remove what the owner of the mailbox has flagged \Deleted.
 */
final class ImapActions {
  private final FolderConnection link;

  ImapActions(FolderConnection link) {
    this.link = link;
  }

  void markSeen(String uids) throws MessagingException {
    flag(uids, "\\Seen", true);
  }

  void flag(String uids, String flag, boolean isSet) throws MessagingException {
    link.send("UID STORE " + uids + (isSet ? " +" : " -") + "FLAGS.SILENT (" + flag + ")");
  }

  /** Without UIDPLUS (RFC 4315) the mails are only flagged. */
  void delete(String uids) throws MessagingException {
    link.send("UID STORE " + uids + " +FLAGS.SILENT (\\Deleted)");
    if (link.connection().has("UIDPLUS")) {
      link.send("UID EXPUNGE " + uids);
    }
  }

  boolean movesAtOnce() {
    return link.connection().has("MOVE");
  }

  /** By MOVE (RFC 6851); without it the mails are copied, then deleted. */
  void move(String uids, String folder) throws MessagingException {
    if (movesAtOnce()) {
      into(folder, "UID MOVE " + uids + " ");
    } else {
      into(folder, "UID COPY " + uids + " ");
      delete(uids);
    }
  }

  private void into(String folder, String command) throws MessagingException {
    String name = SelectResult.name(folder);
    try {
      link.send(command + name);
    } catch (Refused e) {
      if (!(e.getCause() instanceof ImapRefused refused)
          || !refused.code().equalsIgnoreCase("TRYCREATE")) {
        throw e;
      }
      link.send("CREATE " + name);
      link.send(command + name);
    }
  }
}
