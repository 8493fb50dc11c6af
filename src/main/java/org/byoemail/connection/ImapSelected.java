package org.byoemail.connection;

import jakarta.mail.MessagingException;
import java.util.List;
import org.eclipse.angus.mail.imap.protocol.BASE64MailboxEncoder;
import org.jspecify.annotations.Nullable;

/**
 * What a server says of a folder as it is opened (RFC 9051 section 6.3.2).
 *
 * @param uidValidity 0 where the server did not tell
 * @param uidNext 0 where the server did not tell
 * @param modseq HIGHESTMODSEQ (RFC 7162); null where the server has none
 * @param exists how many mails are in it
 * @param writable whether flags can be set
 */
public record ImapSelected(
    long uidValidity, long uidNext, @Nullable Long modseq, long exists, boolean writable) {

  /**
   * Opens a folder.
   *
   * @param writing false to open it so that nothing can be changed (EXAMINE)
   * @throws ImapRefused where there is no such folder, or the server does not open it
   */
  public static ImapSelected open(ImapConnection connection, String folder, boolean writing)
      throws MessagingException {
    List<ImapResponse> answer =
        connection.send(
            (writing ? "SELECT " : "EXAMINE ")
                + name(folder)
                + (connection.has("CONDSTORE") ? " (CONDSTORE)" : ""));
    long uidValidity = 0;
    long uidNext = 0;
    Long modseq = null;
    long exists = 0;
    for (ImapResponse said : answer) {
      uidValidity = number(said.code("UIDVALIDITY"), uidValidity);
      uidNext = number(said.code("UIDNEXT"), uidNext);
      long highest = number(said.code("HIGHESTMODSEQ"), 0);
      modseq = highest > 0 ? Long.valueOf(highest) : modseq;
      exists = said.is("EXISTS") ? said.number() : exists;
    }
    boolean readOnly = answer.get(answer.size() - 1).code("READ-ONLY") != null;
    return new ImapSelected(uidValidity, uidNext, modseq, exists, writing && !readOnly);
  }

  /** The name of a folder as commands carry it (RFC 3501 section 5.1.3). */
  public static String name(String folder) {
    return quoted(BASE64MailboxEncoder.encode(folder));
  }

  /** A string as commands carry it (RFC 9051 section 4.3). */
  public static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private static long number(@Nullable String value, long otherwise) {
    return value != null && value.matches("\\d{1,18}") ? Long.parseLong(value) : otherwise;
  }
}
