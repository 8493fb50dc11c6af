package org.byoemail.account.connection;

import jakarta.mail.MessagingException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.angus.mail.imap.protocol.BASE64MailboxEncoder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server says of a folder as it is opened (RFC 9051 section 6.3.2).
 *
 * @param uidValidity 0 if the server did not send it
 * @param uidNext 0 if the server did not send it
 * @param modseq HIGHESTMODSEQ (RFC 7162); null if the server has none
 * @param exists how many mails are in it; -1 if the server did not send it
 * @param writable whether flags can be set
 */
public record SelectResult(
    long uidValidity, long uidNext, @Nullable Long modseq, long exists, boolean writable) {
  private static final Logger log = LoggerFactory.getLogger(SelectResult.class);
  private static final Pattern STATUS_VALIDITY =
      Pattern.compile("(?i)\\bUIDVALIDITY\\s+(\\d{1,18})");
  private static final Pattern STATUS_NEXT = Pattern.compile("(?i)\\bUIDNEXT\\s+(\\d{1,18})");

  /**
   * Opens a folder.
   *
   * @param writing false to open it so that nothing can be changed (EXAMINE)
   * @throws ImapRefused if there is no such folder, or the server does not open it
   */
  public static SelectResult open(ImapConnection connection, String folder, boolean writing)
      throws MessagingException {
    SelectResult[] result = {new SelectResult(0, 0, null, -1, writing)};
    ImapResponse last =
        connection.send(
            (writing ? "SELECT " : "EXAMINE ")
                + name(folder)
                + (connection.has("CONDSTORE") ? " (CONDSTORE)" : ""),
            said -> result[0] = result[0].and(said));
    SelectResult selected = result[0].and(last);
    return selected.uidValidity > 0 ? selected : selected.completed(connection, folder);
  }

  private SelectResult and(ImapResponse said) {
    long validity = said.codeNumber("UIDVALIDITY");
    long next = said.codeNumber("UIDNEXT");
    long highest = said.codeNumber("HIGHESTMODSEQ");
    return new SelectResult(
        validity > 0 ? validity : uidValidity,
        next > 0 ? next : uidNext,
        highest > 0 ? Long.valueOf(highest) : modseq,
        said.is("EXISTS") && said.number() >= 0 ? said.number() : exists,
        writable && (said.isUntagged() || said.code("READ-ONLY") == null));
  }

  /** Asked once more, where what the server said could not be read. */
  private SelectResult completed(ImapConnection connection, String folder)
      throws MessagingException {
    SelectResult[] result = {this};
    try {
      connection.send(
          "STATUS " + name(folder) + " (UIDVALIDITY UIDNEXT)",
          said -> result[0] = said.is("STATUS") ? result[0].andStatus(said.text()) : result[0]);
    } catch (ImapRefused e) {
      log.debug("A server sends no UIDVALIDITY", e);
    }
    return result[0];
  }

  private SelectResult andStatus(String status) {
    Matcher validity = STATUS_VALIDITY.matcher(status);
    Matcher next = STATUS_NEXT.matcher(status);
    return new SelectResult(
        validity.find() ? Long.parseLong(validity.group(1)) : uidValidity,
        uidNext == 0 && next.find() ? Long.parseLong(next.group(1)) : uidNext,
        modseq,
        exists,
        writable);
  }

  /** The name of a folder as commands carry it (RFC 3501 section 5.1.3). */
  public static String name(String folder) {
    return quoted(BASE64MailboxEncoder.encode(folder));
  }

  /** A string as commands carry it (RFC 9051 section 4.3). */
  public static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
