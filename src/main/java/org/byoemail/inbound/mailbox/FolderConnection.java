package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import java.time.Duration;
import org.byoemail.account.connection.ImapConnection;
import org.byoemail.account.connection.ImapListener;
import org.byoemail.account.connection.ImapRefused;
import org.byoemail.account.connection.SelectResult;
import org.byoemail.inbound.mailbox.RemoteFolder.Refused;

/**
 * An open folder and the connection under it. Every command passes through here: none takes longer
 * than it may, none is sent over a connection that has ended, and a worker that waits for the
 * answer lends its place.
 */
final class FolderConnection {
  /** A call ends by itself; this ends one that cannot even be written. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private static final long SHORT_LITERAL = 64 << 10;

  private final ImapConnection connection;
  private final SelectResult selected;
  private final NetworkCalls calls;
  private final MailboxSettings settings;
  private final UnsolicitedResponses unsolicited = new UnsolicitedResponses();

  /**
   * Opens a folder.
   *
   * @param writable false to open it so that nothing can be changed
   */
  FolderConnection(
      ImapConnection connection,
      String name,
      boolean writable,
      NetworkCalls calls,
      MailboxSettings settings)
      throws MessagingException {
    this.connection = connection;
    this.calls = calls;
    this.settings = settings;
    this.selected = make(() -> SelectResult.open(connection, name, writable));
    unsolicited.exists = selected.exists();
    connection.listen(unsolicited);
  }

  SelectResult selected() {
    return selected;
  }

  ImapConnection connection() {
    return connection;
  }

  UnsolicitedResponses unsolicited() {
    return unsolicited;
  }

  /**
   * Sends a command of one line that nothing of interest answers.
   *
   * @throws Refused where the server says NO or BAD
   */
  void send(String line) throws MessagingException {
    send(line, ImapConnection.SHORT_ANSWER, 0, said -> {});
  }

  /**
   * Sends a command of one line.
   *
   * @param most bytes of the answer: more ends the connection
   * @param largest bytes of one literal in it; 0: none to speak of
   * @param each is told what the server says, be it of the answer or not, as it comes
   * @throws Refused where the server says NO or BAD
   */
  void send(String line, long most, long largest, ImapListener each) throws MessagingException {
    make(
        () ->
            connection.send(
                line, settings.commandTimeout(), most, Math.max(SHORT_LITERAL, largest), each));
  }

  /** Makes any call to the server. */
  <T> T make(NetworkCalls.Call<T, MessagingException> call) throws MessagingException {
    if (unsolicited.gone) {
      throw new MessagingException("the server has closed the connection");
    }
    try {
      return calls.make(settings.commandTimeout().plus(GRACE), this::abort, call);
    } catch (ImapRefused e) {
      throw new Refused(String.valueOf(e.getMessage()), e);
    } catch (MessagingException e) {
      unsolicited.gone = true;
      throw e;
    }
  }

  /** Leaves by LOGOUT, which expunges nothing. Never throws. */
  void close() {
    if (unsolicited.gone) {
      connection.close();
      return;
    }
    Duration limit = settings.doneTimeout();
    calls.make(
        limit.multipliedBy(2),
        this::abort,
        () -> {
          connection.leave(limit);
          connection.close();
          return null;
        });
  }

  /** Cuts the connection; may be called by any thread. */
  void abort() {
    connection.cut();
  }
}
