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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the work of many mailboxes on a few workers; each mailbox is in the queue once at most and
 * runs on one worker at a time. Organisations are served in turn, and the mailboxes of one first
 * come, first served. A worker that waits for a slow server lends its place to another one, so that
 * slow servers do not delay the rest; how many may wait so for one server, by its address, or for
 * the servers of one organisation is bounded.
 */
final class WorkQueue {
  private static final Logger log = LoggerFactory.getLogger(WorkQueue.class);
  private static final int MOST_THREADS = 256;

  /** However many mailboxes a slow server has, these are the threads that wait for it. */
  private static final int WAITING_FOR_ONE_SERVER = 8;

  private static final int WAITING_OF_ONE_ORGANIZATION = MOST_THREADS / 4;

  private static final ThreadLocal<Turn> WORKING = new ThreadLocal<>();

  private final Object lock = new Object();
  private final Map<String, Deque<Turn>> ready = new LinkedHashMap<>();
  private final Map<String, Integer> readyAt = new HashMap<>();
  private final WaiterLimits servers = new WaiterLimits(WAITING_FOR_ONE_SERVER);
  private final WaiterLimits organizations = new WaiterLimits(WAITING_OF_ONE_ORGANIZATION);
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
   * A place for work that is done again and again, and may have to wait for a server.
   *
   * @param server which, as far as is known; see {@link Turn#moveTo}
   */
  Turn turn(String organization, String server, Runnable work) {
    return new Turn(organization, server, work);
  }

  /** What the calling thread works on, where it is one of the workers; else null. */
  static @Nullable Turn present() {
    return WORKING.get();
  }

  /** A worker waits for its server: another one may start. */
  void lend(Turn turn) {
    synchronized (lock) {
      lent++;
      turn.lentSince = System.nanoTime();
      turn.isLent = true;
      servers.enter(turn.server);
      organizations.enter(turn.organization);
    }
    startNext();
  }

  /** A worker that had lent its place goes on. */
  void repay(Turn turn) {
    synchronized (lock) {
      lent--;
      long waited = System.nanoTime() - turn.lentSince;
      turn.isLent = false;
      turn.lentNanos += waited;
      turn.longestNanos = Math.max(turn.longestNanos, waited);
      servers.leave(turn.server);
      organizations.leave(turn.organization);
      unpark(turn, turn.server);
    }
    startNext();
  }

  private void startNext() {
    List<Turn> starting = new ArrayList<>();
    synchronized (lock) {
      while (queued > 0 && running - lent < workers && running < MOST_THREADS) {
        Turn next = dequeue();
        if (servers.park(next.server, next) || organizations.park(next.organization, next)) {
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
    readyAt.merge(turn.server, 1, Integer::sum);
    queued++;
  }

  /** The next of the organisation whose turn it is, which then goes to the end. */
  private Turn dequeue() {
    Deque<Turn> first = ready.values().iterator().next();
    Turn next = first.remove();
    ready.remove(next.organization);
    if (!first.isEmpty()) {
      ready.put(next.organization, first);
    }
    readyAt.computeIfPresent(next.server, (server, count) -> count == 1 ? null : count - 1);
    queued--;
    return next;
  }

  /** One of those that were parked may try again: each that ends makes way for one more. */
  private void unpark(Turn ended, String server) {
    for (Turn next :
        Arrays.asList(servers.unpark(server), organizations.unpark(ended.organization))) {
      if (next != null) {
        enqueue(next);
      }
    }
  }

  private void begin(Turn turn) {
    try {
      executor.execute(() -> run(turn));
    } catch (RuntimeException | Error e) {
      // Such as no further thread: it is still ready, for whoever comes free next.
      synchronized (lock) {
        running--;
        turn.state = State.READY;
        enqueue(turn);
      }
      log.error("The work of a mailbox could not be begun and waits", e);
    }
  }

  private void run(Turn turn) {
    WORKING.set(turn);
    turn.begin();
    String before = turn.server;
    try {
      turn.work.run();
    } catch (RuntimeException | Error e) {
      log.error("The work of a mailbox ended in an error that it should have recorded itself", e);
    } finally {
      WORKING.remove();
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

  /** How many wait for each of something, and who may not start meanwhile. */
  private static final class WaiterLimits {
    private final int most;
    private final Map<String, Integer> waiting = new HashMap<>();
    private final Map<String, Deque<Turn>> parked = new HashMap<>();

    WaiterLimits(int most) {
      this.most = most;
    }

    void enter(String of) {
      waiting.merge(of, 1, Integer::sum);
    }

    void leave(String of) {
      waiting.computeIfPresent(of, (key, count) -> count == 1 ? null : count - 1);
    }

    boolean isFull(String of) {
      return waiting.getOrDefault(of, 0) >= most;
    }

    /** Keeps it back where too many wait. */
    boolean park(String of, Turn turn) {
      if (!isFull(of)) {
        return false;
      }
      parked.computeIfAbsent(of, key -> new ArrayDeque<>()).add(turn);
      return true;
    }

    /** The first that was kept back, unless there are still too many. */
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

  /** The place of one mailbox. */
  final class Turn {
    private final String organization;
    private final Runnable work;
    private volatile String server;
    private State state = State.RESTING;
    private boolean isLent;
    private long begun;
    private long lentSince;
    private long lentNanos;
    private long longestNanos;

    private Turn(String organization, String server, Runnable work) {
      this.organization = organization;
      this.server = server;
      this.work = work;
    }

    /** Has the work done once more, at the end of the queue. Returns at once. */
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
     * Names the server that the work waits for from now on; called by the work.
     *
     * @return whether it may: false where too many others wait for it
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
        begun = System.nanoTime();
        lentNanos = 0;
        longestNanos = 0;
      }
    }

    /**
     * Whether the work keeps its worker for longer than that, the time left out that it was lent
     * for, while mailboxes at other servers are ready.
     */
    boolean isKeepingOthersFor(Duration time) {
      synchronized (lock) {
        return queued > readyAt.getOrDefault(server, 0)
            && System.nanoTime() - begun - lentNanos > time.toNanos();
      }
    }

    /** How long the longest call to the server took, since the work began. */
    Duration longestWait() {
      synchronized (lock) {
        return Duration.ofNanos(longestNanos);
      }
    }

    /** Waits until the work neither runs nor is queued; false where it took too long. */
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
