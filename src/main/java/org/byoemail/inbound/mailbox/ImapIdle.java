package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import java.time.Duration;
import org.byoemail.account.connection.ImapConnection;
import org.jspecify.annotations.Nullable;

/**
 * IDLE (RFC 2177) over one connection, watched by a selector while the server is silent. What the
 * server says is read as it comes: nobody waits for the rest of half a line, or half a TLS record.
 */
final class ImapIdle {
  private final FolderConnection link;
  private final ImapConnection connection;
  private final IdleSelector selector;
  private final Duration patience;
  private @Nullable Watching watching;

  /** One wait: what the selector tells late of an earlier one is not taken for this one's. */
  private static final class Watching {
    private volatile boolean readable;
  }

  /**
   * @param patience how long the server may take to end an IDLE
   */
  ImapIdle(FolderConnection link, IdleSelector selector, Duration patience) {
    this.link = link;
    this.connection = link.connection();
    this.selector = selector;
    this.patience = patience;
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
    link.make(
        () -> {
          connection.startIdle();
          return true;
        });
    await(onNews);
  }

  /** Takes in what the server has said, and waits on unless it was of new mail. */
  void goOn(Runnable onNews) throws MessagingException {
    if (!isIdling()) {
      return;
    }
    Watching present = watching;
    if (present != null && present.readable) {
      watching = null;
      link.make(
          () -> {
            connection.hearUnderIdle();
            return true;
          });
    }
    if (isIdling() && !link.unsolicited().told && watching == null) {
      await(onNews);
    }
  }

  void end() throws MessagingException {
    stopWatching();
    if (isIdling()) {
      link.make(
          () -> {
            connection.endIdle(patience);
            return true;
          });
    }
  }

  private void await(Runnable onNews) {
    if (link.unsolicited().told || !isIdling()) {
      onNews.run();
      return;
    }
    connection.rest();
    Watching begun = new Watching();
    watching = begun;
    selector.watch(
        connection.channel(),
        () -> {
          begun.readable = true;
          onNews.run();
        });
  }

  /** Lets the selector have no part in the connection any more. */
  void stopWatching() {
    Watching present = watching;
    watching = null;
    if (present != null && !present.readable) {
      selector.unwatch(connection.channel());
    }
  }
}
