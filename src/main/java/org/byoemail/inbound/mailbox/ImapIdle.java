package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import java.time.Duration;
import org.byoemail.account.connection.ImapConnection;
import org.jspecify.annotations.Nullable;

/**
 * IDLE (RFC 2177) on one connection, watched by a selector while the server is silent. Reading
 * never blocks on an incomplete line or TLS record.
 */
final class ImapIdle {
  private final FolderConnection link;
  private final ImapConnection connection;
  private final IdleSelector selector;
  private final Duration doneTimeout;
  private @Nullable Watch watch;

  /** One registration: a late callback of an earlier one is not taken for this one's. */
  private static final class Watch {
    private volatile boolean readable;
  }

  /**
   * @param doneTimeout how long the server may take to answer DONE
   */
  ImapIdle(FolderConnection link, IdleSelector selector, Duration doneTimeout) {
    this.link = link;
    this.connection = link.connection();
    this.selector = selector;
    this.doneTimeout = doneTimeout;
  }

  boolean isPossible() {
    return connection.has("IDLE");
  }

  boolean isIdling() {
    return connection.isIdling();
  }

  boolean hasPartialResponse() {
    return connection.hasPartialResponse();
  }

  void start(Runnable onNews) throws MessagingException {
    link.call(
        () -> {
          connection.startIdle();
          return true;
        });
    await(onNews);
  }

  /** Reads what the server sent, and keeps idling unless it announced new mail. */
  void resume(Runnable onNews) throws MessagingException {
    if (!isIdling()) {
      return;
    }
    Watch current = watch;
    if (current != null && current.readable) {
      watch = null;
      link.call(
          () -> {
            connection.hearUnderIdle();
            return true;
          });
    }
    if (isIdling() && !link.unsolicited().newMail && watch == null) {
      await(onNews);
    }
  }

  void end() throws MessagingException {
    stopWatching();
    if (isIdling()) {
      link.call(
          () -> {
            connection.endIdle(doneTimeout);
            return true;
          });
    }
  }

  private void await(Runnable onNews) {
    if (link.unsolicited().newMail || !isIdling()) {
      onNews.run();
      return;
    }
    connection.rest();
    Watch started = new Watch();
    watch = started;
    selector.watch(
        connection.channel(),
        () -> {
          started.readable = true;
          onNews.run();
        });
  }

  /** Unregisters the connection from the selector. */
  void stopWatching() {
    Watch current = watch;
    watch = null;
    if (current != null && !current.readable) {
      selector.unwatch(connection.channel());
    }
  }
}
