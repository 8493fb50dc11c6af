package org.byoemail.inbound.mailbox;

import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * The heap that reading mail may take on this node, by estimate. Nobody waits for it on a thread:
 * who gets none is woken when there is some, in the order of asking. Safe for use by many threads.
 */
@Component
class MailMemory {
  private static final long LEAST = 32 << 20;

  /** Who does not ask again within that time lets others go first. */
  private static final Duration ASKS_AGAIN = Duration.ofSeconds(5);

  private final long size;
  private final Map<String, Long> held = new HashMap<>();
  private final Map<Share, Request> waiting = new LinkedHashMap<>();
  private long free;

  @Autowired
  MailMemory(MailboxSettings settings) {
    this(
        settings.memory().toBytes() > 0
            ? settings.memory().toBytes()
            : Math.max(LEAST, Runtime.getRuntime().maxMemory() / 4));
  }

  MailMemory(long bytes) {
    this.size = bytes;
    this.free = bytes;
  }

  /** Bytes in all; a mail that is larger is not read. */
  long size() {
    return size;
  }

  /**
   * What one mailbox takes of it.
   *
   * @param server where it is, which may hold half of all; null: nowhere in particular
   * @param organization whose it is, which may hold three quarters of all
   * @param wake called when there may be some after there was none
   */
  Share share(@Nullable String server, String organization, Runnable wake) {
    return new Share(
        server == null ? null : "server " + server, "organization " + organization, wake);
  }

  private boolean isAllowed(Share share, @Nullable String holder, long bytes, long most) {
    long others = holder == null ? 0 : held.getOrDefault(holder, 0L) - share.bytes;
    return others == 0 || others + share.bytes + bytes <= most;
  }

  private boolean isAllowed(Share share, long bytes) {
    return isAllowed(share, share.server, bytes, size / 2)
        && isAllowed(share, share.organization, bytes, size / 4 * 3);
  }

  /** Free memory goes to the longest waiting share that still asks and may have it. */
  private boolean isTurnOf(Share share, long bytes) {
    for (Map.Entry<Share, Request> first : waiting.entrySet()) {
      if (first.getKey() == share) {
        return true;
      }
      Request request = first.getValue();
      if (request.isFresh() && isAllowed(first.getKey(), request.bytes())) {
        return free - bytes >= request.bytes();
      }
    }
    return true;
  }

  /** What somebody did not get, and when it last asked. */
  private record Request(long bytes, long asked) {
    boolean isFresh() {
      return System.nanoTime() - asked < ASKS_AGAIN.toNanos();
    }
  }

  private void add(@Nullable String holder, long bytes) {
    if (holder != null) {
      held.merge(holder, bytes, (before, more) -> before + more == 0 ? null : before + more);
    }
  }

  private synchronized boolean take(Share share, long bytes) {
    if (bytes > free || !isAllowed(share, bytes) || !isTurnOf(share, bytes)) {
      waiting.put(share, new Request(bytes, System.nanoTime()));
      return false;
    }
    Request request = waiting.get(share);
    if (request != null && bytes >= request.bytes()) {
      waiting.remove(share);
    }
    move(share, bytes);
    return true;
  }

  private void move(Share share, long bytes) {
    free -= bytes;
    share.bytes += bytes;
    add(share.server, bytes);
    add(share.organization, bytes);
  }

  private void giveBack(Share share, long bytes) {
    Share next = null;
    synchronized (this) {
      move(share, -bytes);
      for (Iterator<Share> first = waiting.keySet().iterator(); first.hasNext() && next == null; ) {
        Share one = first.next();
        next = isAllowed(one, waiting.get(one).bytes()) ? one : null;
      }
    }
    if (next != null) {
      next.wake.run();
    }
  }

  private synchronized void forget(Share share) {
    waiting.remove(share);
  }

  /** What one mailbox takes; used by one thread at a time. */
  final class Share implements AutoCloseable {
    private final @Nullable String server;
    private final String organization;
    private final Runnable wake;
    private long bytes;

    private Share(@Nullable String server, String organization, Runnable wake) {
      this.server = server;
      this.organization = organization;
      this.wake = wake;
    }

    /**
     * Takes some more, at most all there is with what it has.
     *
     * @throws MailMemoryExhausted where there is none now
     */
    Taken take(long wanted) {
      long before = bytes;
      long more = Math.min(wanted, size - bytes);
      if (more > 0 && !MailMemory.this.take(this, more)) {
        throw new MailMemoryExhausted();
      }
      return new Taken(before);
    }

    /** Whether a mail of that size can be read at all. */
    boolean canEver(long mail) {
      return mail <= size;
    }

    /** Asks for nothing any more. */
    @Override
    public void close() {
      forget(this);
    }

    /** Given back, with all that was taken after it, when it is closed. */
    final class Taken implements AutoCloseable {
      private final long before;

      private Taken(long before) {
        this.before = before;
      }

      @Override
      public void close() {
        if (bytes > before) {
          giveBack(Share.this, bytes - before);
        }
      }
    }
  }
}
