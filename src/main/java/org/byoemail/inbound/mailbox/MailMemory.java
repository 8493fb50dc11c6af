package org.byoemail.inbound.mailbox;

import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * The heap that reading mail may use on this node, by estimate. No thread waits for it: a share
 * that gets none is woken when some is free, in the order of requests. Thread-safe.
 */
@Component
class MailMemory {
  private static final long MIN_BYTES = 32 << 20;

  /** A request that is not repeated within that time no longer has precedence. */
  private static final Duration REQUEST_FRESH_FOR = Duration.ofSeconds(5);

  private final long size;
  private final Map<String, Long> held = new HashMap<>();
  private final Map<Share, Request> waiting = new LinkedHashMap<>();
  private long free;

  @Autowired
  MailMemory(MailboxSettings settings) {
    this(
        settings.memory().toBytes() > 0
            ? settings.memory().toBytes()
            : Math.max(MIN_BYTES, Runtime.getRuntime().maxMemory() / 4));
  }

  MailMemory(long bytes) {
    this.size = bytes;
    this.free = bytes;
  }

  /** Total bytes; a larger mail is not read. */
  long size() {
    return size;
  }

  /**
   * The share of one mailbox.
   *
   * @param server its server, which may hold half of the total, or three quarters while no mailbox
   *     at another server waits; null: unknown
   * @param organization its organisation, which may hold three quarters of the total
   * @param wake called when memory may be free after a refusal
   */
  Share share(@Nullable String server, OrganizationId organization, Runnable wake) {
    return new Share(
        server == null ? null : "server " + server, "organization " + organization, wake);
  }

  private boolean isAllowed(Share share, @Nullable String holder, long bytes, long limit) {
    long others = holder == null ? 0 : held.getOrDefault(holder, 0L) - share.bytes;
    return others == 0 || others + share.bytes + bytes <= limit;
  }

  private boolean isAllowed(Share share, long bytes) {
    return isAllowed(share, share.server, bytes, isWantedElsewhere(share) ? size / 2 : size / 4 * 3)
        && isAllowed(share, share.organization, bytes, size / 4 * 3);
  }

  /** Whether a mailbox at another server waits for memory. */
  private boolean isWantedElsewhere(Share share) {
    return waiting.entrySet().stream()
        .anyMatch(
            other ->
                !Objects.equals(other.getKey().server, share.server) && other.getValue().isFresh());
  }

  /** Free memory goes to the longest waiting share that still asks and is within its limits. */
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

  /** A refused request and when it was last made. */
  private record Request(long bytes, long askedAt) {
    boolean isFresh() {
      return System.nanoTime() - askedAt < REQUEST_FRESH_FOR.toNanos();
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
    adjust(share, bytes);
    return true;
  }

  private void adjust(Share share, long bytes) {
    free -= bytes;
    share.bytes += bytes;
    add(share.server, bytes);
    add(share.organization, bytes);
  }

  private void giveBack(Share share, long bytes) {
    Share next = null;
    synchronized (this) {
      adjust(share, -bytes);
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

  /** The memory of one mailbox; used by one thread at a time. */
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
     * Reserves more, up to the total.
     *
     * @throws MailMemoryExhausted if none is free now
     */
    Reservation take(long wanted) {
      long before = bytes;
      long more = Math.min(wanted, size - bytes);
      if (more > 0 && !MailMemory.this.take(this, more)) {
        throw new MailMemoryExhausted();
      }
      return new Reservation(before);
    }

    /** Whether a mail of that size can be read at all. */
    boolean canHold(long mail) {
      return mail <= size;
    }

    /** Withdraws the pending request. */
    @Override
    public void close() {
      forget(this);
    }

    /** A reservation; closing it returns it with all that was reserved after it. */
    final class Reservation implements AutoCloseable {
      private final long before;

      private Reservation(long before) {
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
