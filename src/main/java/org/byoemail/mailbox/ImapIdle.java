package org.byoemail.mailbox;

import jakarta.mail.MessagingException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.eclipse.angus.mail.imap.protocol.IMAPProtocol;
import org.jspecify.annotations.Nullable;

/** IDLE (RFC 2177) over one connection, watched by a selector while the server is silent. */
final class ImapIdle {
  private final ImapLink link;
  private final IdleSelector selector;
  private final Duration patience;
  private final @Nullable SocketChannel channel;
  private boolean idling;

  /**
   * @param patience how long the server may take for the rest of what it has begun to say
   */
  ImapIdle(ImapLink link, IdleSelector selector, Duration patience) {
    this.link = link;
    this.selector = selector;
    this.patience = patience;
    this.channel = link.channel();
  }

  boolean isPossible() {
    return link.hasIdle() && channel != null;
  }

  boolean isIdling() {
    return idling;
  }

  void start(Runnable onNews) throws MessagingException {
    link.command(
        p -> {
          p.idleStart();
          return true;
        });
    idling = true;
    await(onNews);
  }

  /** Takes in what the server has said, and waits on unless it was of new mail. */
  void goOn(Runnable onNews) throws MessagingException {
    if (!idling) {
      return;
    }
    stopWatching();
    idling =
        link.command(
            patience,
            p -> {
              boolean more = p.processIdleResponse(p.readIdleResponse());
              while (more && p.hasResponse()) {
                more = p.processIdleResponse(p.readIdleResponse());
              }
              return more;
            });
    if (idling && !link.news().told) {
      await(onNews);
    }
  }

  void end() throws MessagingException {
    if (!idling) {
      return;
    }
    stopWatching();
    link.command(
        patience,
        p -> {
          p.idleAbort();
          boolean more = true;
          while (more) {
            more = p.processIdleResponse(p.readIdleResponse());
          }
          return true;
        });
    idling = false;
  }

  private void await(Runnable onNews) throws MessagingException {
    // What was read along with an answer is not seen by a selector.
    boolean said = link.news().told || link.command(IMAPProtocol::hasResponse);
    if (said || channel == null) {
      onNews.run();
    } else {
      selector.watch(channel, onNews);
    }
  }

  private void stopWatching() {
    if (channel != null) {
      selector.unwatch(channel);
    }
  }
}
