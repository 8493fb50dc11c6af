package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import java.time.Duration;
import org.byoemail.account.connection.ImapConnection;
import org.byoemail.account.connection.ImapListener;
import org.byoemail.account.connection.ImapRefused;
import org.byoemail.account.connection.SelectResult;
import org.byoemail.inbound.mailbox.RemoteFolder.Refused;

/**
 * A selected folder and its connection. Every command goes through here: each has a timeout, none
 * is sent over a closed connection, and a worker that waits for a response lends its place.
 */
final class FolderConnection {
  /** Commands have their own timeout; this one catches a write that blocks. */
  private static final Duration CUT_GRACE = Duration.ofSeconds(10);

  private static final long MIN_LITERAL_BYTES = 64 << 10;

  private final ImapConnection connection;
  private final String name;
  private SelectResult selected;
  private final NetworkCalls calls;
  private final MailboxSettings settings;
  private final UnsolicitedResponses unsolicited = new UnsolicitedResponses();

  /**
   * Opens a folder.
   *
   * @param writable false: by EXAMINE, read-only
   */
  FolderConnection(
      ImapConnection connection,
      String name,
      boolean writable,
      NetworkCalls calls,
      MailboxSettings settings)
      throws MessagingException {
    this.connection = connection;
    this.name = name;
    this.calls = calls;
    this.settings = settings;
    this.selected = call(() -> SelectResult.open(connection, name, writable));
    unsolicited.exists = selected.exists();
    connection.listen(unsolicited);
  }

  SelectResult selected() {
    return selected;
  }

  /**
   * Selects the folder again, after EXAMINE, so that flags can be set.
   *
   * @throws Refused if the server refuses: it is open by EXAMINE, as before
   */
  void makeWritable() throws MessagingException {
    try {
      reopen(true);
    } catch (Refused e) {
      // A refused SELECT leaves no folder open (RFC 9051 section 6.3.2).
      try {
        reopen(false);
      } catch (Refused again) {
        unsolicited.closed = true;
        throw new MessagingException("the server does not open the folder again", again);
      }
      throw e;
    }
  }

  private void reopen(boolean writable) throws MessagingException {
    SelectResult again = call(() -> SelectResult.open(connection, name, writable));
    if (again.uidValidity() != selected.uidValidity()) {
      unsolicited.closed = true;
      throw new MessagingException("UIDVALIDITY has changed between EXAMINE and SELECT");
    }
    // Nothing else will announce mail that arrived meanwhile.
    unsolicited.newMail |= again.uidNext() > selected.uidNext();
    selected = again;
  }

  ImapConnection connection() {
    return connection;
  }

  UnsolicitedResponses unsolicited() {
    return unsolicited;
  }

  /**
   * Sends a command of one line whose untagged responses are of no interest.
   *
   * @throws Refused if the server answers NO or BAD
   */
  void send(String line) throws MessagingException {
    send(line, ImapConnection.SHORT_ANSWER, 0, response -> {});
  }

  /**
   * Sends a command of one line.
   *
   * @param maxBytes the longest response in bytes; a longer one ends the connection
   * @param maxLiteral the longest literal in it; 0: a short one
   * @param listener gets each untagged response as it arrives, whether it answers this command or
   *     not
   * @throws Refused if the server answers NO or BAD
   */
  void send(String line, long maxBytes, long maxLiteral, ImapListener listener)
      throws MessagingException {
    call(
        () ->
            connection.send(
                line,
                settings.commandTimeout(),
                maxBytes,
                Math.max(MIN_LITERAL_BYTES, maxLiteral),
                listener));
  }

  /** Runs any exchange with the server. */
  <T> T call(NetworkCalls.Call<T, MessagingException> call) throws MessagingException {
    if (unsolicited.closed) {
      throw new MessagingException("the server has closed the connection");
    }
    try {
      return calls.call(settings.commandTimeout().plus(CUT_GRACE), this::abort, call);
    } catch (ImapRefused e) {
      throw new Refused(String.valueOf(e.getMessage()), e);
    } catch (MessagingException e) {
      unsolicited.closed = true;
      throw e;
    }
  }

  /** Closes by LOGOUT, which expunges nothing. Never throws. */
  void close() {
    if (unsolicited.closed) {
      connection.close();
      return;
    }
    Duration limit = settings.doneTimeout();
    calls.call(
        limit.multipliedBy(2),
        this::abort,
        () -> {
          connection.leave(limit);
          connection.close();
          return null;
        });
  }

  /** Closes the socket at once. May be called by any thread. */
  void abort() {
    connection.cut();
  }
}
