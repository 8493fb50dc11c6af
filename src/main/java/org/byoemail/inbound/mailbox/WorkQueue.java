package org.byoemail.inbound.mailbox;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the work of many mailboxes on a few workers; a mailbox is queued at most once and runs on
 * one worker at a time. Organisations take turns; the mailboxes of one are served first come, first
 * served. A worker that waits for a slow server lends its place to another one, so that slow
 * servers do not delay the rest; how many may wait for one server address, or for the servers of
 * one organisation, is bounded.
 */
final class WorkQueue {
  private static final Logger log = LoggerFactory.getLogger(WorkQueue.class);
  private static final int MAX_THREADS = 256;

  /** How many threads wait for one slow server, however many mailboxes it has. */
  private static final int MAX_WAITING_PER_SERVER = 8;

  private static final int MAX_WAITING_PER_ORGANIZATION = MAX_THREADS / 4;

  private static final ThreadLocal<Turn> CURRENT = new ThreadLocal<>();

  private final Object lock = new Object();
  private final Map<OrganizationId, Deque<Turn>> ready = new LinkedHashMap<>();
  private final Map<String, Integer> readyByServer = new HashMap<>();
  private final WaiterLimits servers = new WaiterLimits(MAX_WAITING_PER_SERVER);
  private final WaiterLimits organizations = new WaiterLimits(MAX_WAITING_PER_ORGANIZATION);
  private final Executor executor;
  private final int workers;
  private int running;
  private int lent;
  private int queued;

  WorkQueue(Executor executor, int workers) {
    this.executor = executor;
    this.workers = workers;
  }

  /**
   * A turn for repeated work that may have to wait for a server.
   *
   * @param server the server, as far as it is known; see {@link Turn#moveTo}
   */
  Turn turn(OrganizationId organization, String server, Runnable work) {
    return new Turn(organization, server, work);
  }

  /** The turn that the calling thread works on; null if it is no worker. */
  static @Nullable Turn current() {
    return CURRENT.get();
  }

  /** A worker waits for its server: another one may start. */
  void lend(Turn turn) {
    synchronized (lock) {
      lent++;
      turn.lentSince = System.nanoTime();
      turn.isLent = true;
      servers.enter(turn.server);
      organizations.enter(turn.organization.value());
    }
    startNext();
  }

  /** A worker that had lent its place continues. */
  void repay(Turn turn) {
    synchronized (lock) {
      lent--;
      long waited = System.nanoTime() - turn.lentSince;
      turn.isLent = false;
      turn.lentNanos += waited;
      turn.longestNanos = Math.max(turn.longestNanos, waited);
      servers.leave(turn.server);
      organizations.leave(turn.organization.value());
      unpark(turn, turn.server);
    }
    startNext();
  }

  private void startNext() {
    List<Turn> starting = new ArrayList<>();
    synchronized (lock) {
      while (queued > 0 && running - lent < workers && running < MAX_THREADS) {
        Turn next = dequeue();
        if (servers.park(next.server, next)
            || organizations.park(next.organization.value(), next)) {
          continue;
        }
        next.state = State.RUNNING;
        running++;
        starting.add(next);
      }
    }
    starting.forEach(this::begin);
  }

  private void enqueue(Turn turn) {
    ready.computeIfAbsent(turn.organization, organization -> new ArrayDeque<>()).add(turn);
    readyByServer.merge(turn.server, 1, Integer::sum);
    queued++;
  }

  /** The first of the next organisation, which then goes to the end of the queue. */
  private Turn dequeue() {
    Deque<Turn> first = ready.values().iterator().next();
    Turn next = first.remove();
    ready.remove(next.organization);
    if (!first.isEmpty()) {
      ready.put(next.organization, first);
    }
    readyByServer.computeIfPresent(next.server, (server, count) -> count == 1 ? null : count - 1);
    queued--;
    return next;
  }

  /** One parked turn may try again for each that ends. */
  private void unpark(Turn ended, String server) {
    for (Turn next :
        Arrays.asList(servers.unpark(server), organizations.unpark(ended.organization.value()))) {
      if (next != null) {
        enqueue(next);
      }
    }
  }

  private void begin(Turn turn) {
    try {
      executor.execute(() -> run(turn));
    } catch (RuntimeException | Error e) {
      // Such as no further thread: it stays ready for the next free worker.
      synchronized (lock) {
        running--;
        turn.state = State.READY;
        enqueue(turn);
      }
      log.error("The work of a mailbox could not be started and stays queued", e);
    }
  }

  private void run(Turn turn) {
    CURRENT.set(turn);
    turn.begin();
    String before = turn.server;
    try {
      turn.work.run();
    } catch (RuntimeException | Error e) {
      log.error("The work of a mailbox failed with an unexpected error", e);
    } finally {
      CURRENT.remove();
      synchronized (lock) {
        running--;
        boolean again = turn.state == State.AGAIN;
        turn.state = again ? State.READY : State.RESTING;
        if (again) {
          enqueue(turn);
        }
        unpark(turn, turn.server);
        if (!before.equals(turn.server)) {
          unpark(turn, before);
        }
        lock.notifyAll();
      }
      startNext();
    }
  }

  /** Bounds how many turns wait per key, and parks the turns beyond that. */
  private static final class WaiterLimits {
    private final int limit;
    private final Map<String, Integer> waiting = new HashMap<>();
    private final Map<String, Deque<Turn>> parked = new HashMap<>();

    WaiterLimits(int limit) {
      this.limit = limit;
    }

    void enter(String of) {
      waiting.merge(of, 1, Integer::sum);
    }

    void leave(String of) {
      waiting.computeIfPresent(of, (key, count) -> count == 1 ? null : count - 1);
    }

    boolean isFull(String of) {
      return waiting.getOrDefault(of, 0) >= limit;
    }

    /** Parks the turn if too many wait. */
    boolean park(String of, Turn turn) {
      if (!isFull(of)) {
        return false;
      }
      parked.computeIfAbsent(of, key -> new ArrayDeque<>()).add(turn);
      return true;
    }

    /** The first parked turn, unless too many still wait. */
    @Nullable Turn unpark(String of) {
      Deque<Turn> first = isFull(of) ? null : parked.get(of);
      if (first == null) {
        return null;
      }
      Turn next = first.remove();
      if (first.isEmpty()) {
        parked.remove(of);
      }
      return next;
    }
  }

  private enum State {
    RESTING,
    READY,
    RUNNING,
    AGAIN
  }

  /** The place of one mailbox in the queue. */
  final class Turn {
    private final OrganizationId organization;
    private final Runnable work;
    private volatile String server;
    private State state = State.RESTING;
    private boolean isLent;
    private long startedAt;
    private long lentSince;
    private long lentNanos;
    private long longestNanos;

    private Turn(OrganizationId organization, String server, Runnable work) {
      this.organization = organization;
      this.server = server;
      this.work = work;
    }

    /** Queues the work once more, at the end. Returns at once. */
    void request() {
      synchronized (lock) {
        if (state == State.RESTING) {
          state = State.READY;
          enqueue(this);
        } else if (state == State.RUNNING) {
          state = State.AGAIN;
        }
      }
      startNext();
    }

    /**
     * Names the server that the work waits for from now on; called by the work itself.
     *
     * @return false if too many others wait for that server
     */
    boolean moveTo(String other) {
      synchronized (lock) {
        if (other.equals(server)) {
          return true;
        }
        boolean free = !servers.isFull(other);
        String before = server;
        server = other;
        if (isLent) {
          servers.leave(before);
          servers.enter(other);
        }
        return free;
      }
    }

    private void begin() {
      synchronized (lock) {
        startedAt = System.nanoTime();
        lentNanos = 0;
        longestNanos = 0;
      }
    }

    /**
     * Whether the work has used its worker for longer than that, lent time excluded, while
     * mailboxes at other servers are ready.
     */
    boolean exceeds(Duration time) {
      synchronized (lock) {
        return queued > readyByServer.getOrDefault(server, 0)
            && System.nanoTime() - startedAt - lentNanos > time.toNanos();
      }
    }

    /** The longest call to the server since the work began. */
    Duration longestWait() {
      synchronized (lock) {
        return Duration.ofNanos(longestNanos);
      }
    }

    /** Waits until the work neither runs nor is queued; false after the deadline. */
    boolean awaitRest(long deadlineNanos) throws InterruptedException {
      synchronized (lock) {
        while (state != State.RESTING) {
          long left = (deadlineNanos - System.nanoTime()) / 1_000_000;
          if (left <= 0) {
            return false;
          }
          lock.wait(left);
        }
        return true;
      }
    }

    /** Whether the work is running or queued. */
    boolean isBusy() {
      synchronized (lock) {
        return state != State.RESTING;
      }
    }

    @Override
    public @Nullable String toString() {
      return "turn";
    }
  }
}
