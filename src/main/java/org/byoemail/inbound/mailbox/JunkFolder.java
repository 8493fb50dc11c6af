package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import java.util.Locale;
import java.util.Set;
import org.byoemail.account.connection.ImapConnection;
import org.byoemail.account.connection.ImapFolderName;
import org.byoemail.account.connection.SelectResult;
import org.byoemail.inbound.mailbox.RemoteFolder.Refused;

/** Tells folders in which servers file junk: by their special use (RFC 6154), or by their names. */
final class JunkFolder {
  /** As mail servers, Gmail and Outlook name it in some languages. */
  private static final Set<String> NAMES =
      Set.of(
          "junk",
          "spam",
          "junk email",
          "junk e-mail",
          "junk-e-mail",
          "bulk",
          "bulk mail",
          "unerwünscht",
          "courrier indésirable",
          "indésirables",
          "correo no deseado",
          "posta indesiderata",
          "ongewenste e-mail",
          "lixo eletrônico",
          "lixo eletrónico");

  private JunkFolder() {}

  /** Whether it has the name of one. */
  static boolean isNamedSo(String folder) {
    String name = folder.strip().toLowerCase(Locale.ROOT);
    int last = Math.max(name.lastIndexOf('/'), name.lastIndexOf('.'));
    return NAMES.contains(name.substring(last + 1));
  }

  /** Asks the server, if it knows special uses. A server that refuses knows none. */
  static boolean is(FolderConnection link, String folder) throws MessagingException {
    if (folder.equalsIgnoreCase("INBOX")) {
      return false;
    }
    ImapConnection connection = link.connection();
    if (isNamedSo(folder) || !connection.has("SPECIAL-USE") || !connection.has("LIST-EXTENDED")) {
      return isNamedSo(folder);
    }
    boolean[] junk = {false};
    try {
      link.send(
          "LIST \"\" " + SelectResult.name(folder) + " RETURN (SPECIAL-USE)",
          ImapConnection.SHORT_ANSWER,
          0,
          said -> {
            boolean marked = ImapFolderName.of(said).filter(one -> one.is("\\junk")).isPresent();
            junk[0] |= marked;
          });
    } catch (Refused e) {
      return false;
    }
    return junk[0];
  }
}
