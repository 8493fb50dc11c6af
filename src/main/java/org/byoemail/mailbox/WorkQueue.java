package org.byoemail.mailbox;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the work of many mailboxes on a few workers, first come, first served; each mailbox is in
 * the queue once at most and runs on one worker at a time. A worker that waits for a slow server
 * lends its place to another one, so that slow servers do not delay the rest.
 */
final class WorkQueue {
  private static final Logger log = LoggerFactory.getLogger(WorkQueue.class);
  private static final int MOST_THREADS = 256;

  /** However many mailboxes a slow host has, these are the threads that wait for it. */
  private static final int WAITING_FOR_ONE_HOST = 8;

  private static final ThreadLocal<Turn> WORKING = new ThreadLocal<>();

  private final Object lock = new Object();
  private final Deque<Turn> ready = new ArrayDeque<>();
  private final Map<String, Integer> waiting = new HashMap<>();
  private final Map<String, Deque<Turn>> crowded = new HashMap<>();
  private final Executor executor;
  private final int workers;
  private int running;
  private int lent;

  WorkQueue(Executor executor, int workers) {
    this.executor = executor;
    this.workers = workers;
  }

  /** A place for work that is done again and again, and may have to wait for that host. */
  Turn turn(String host, Runnable work) {
    return new Turn(host, work);
  }

  /** What the calling thread works on, where it is one of the workers; else null. */
  static @Nullable Turn present() {
    return WORKING.get();
  }

  /** A worker waits for its host: another one may start. */
  void lend(Turn turn) {
    synchronized (lock) {
      lent++;
      waiting.merge(turn.host, 1, Integer::sum);
    }
    startNext();
  }

  /** A worker that had lent its place goes on. */
  void repay(Turn turn) {
    synchronized (lock) {
      lent--;
      waiting.computeIfPresent(turn.host, (host, count) -> count == 1 ? null : count - 1);
      Deque<Turn> next = crowded.remove(turn.host);
      if (next != null) {
        ready.addAll(next);
      }
    }
    startNext();
  }

  private void startNext() {
    List<Turn> starting = new ArrayList<>();
    synchronized (lock) {
      while (!ready.isEmpty() && running - lent < workers && running < MOST_THREADS) {
        Turn next = ready.remove();
        if (waiting.getOrDefault(next.host, 0) >= WAITING_FOR_ONE_HOST) {
          crowded.computeIfAbsent(next.host, host -> new ArrayDeque<>()).add(next);
          continue;
        }
        next.state = State.RUNNING;
        running++;
        starting.add(next);
      }
    }
    starting.forEach(this::begin);
  }

  private void begin(Turn turn) {
    try {
      executor.execute(() -> run(turn));
    } catch (RuntimeException | Error e) {
      // Such as no further thread: it is still ready, for whoever comes free next.
      synchronized (lock) {
        running--;
        turn.state = State.READY;
        ready.add(turn);
      }
      log.error("The work of a mailbox could not be begun and waits", e);
    }
  }

  private void run(Turn turn) {
    WORKING.set(turn);
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
          ready.add(turn);
        }
        lock.notifyAll();
      }
      startNext();
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
    private final String host;
    private final Runnable work;
    private State state = State.RESTING;

    private Turn(String host, Runnable work) {
      this.host = host;
      this.work = work;
    }

    /** Has the work done once more, at the end of the queue. Returns at once. */
    void request() {
      synchronized (lock) {
        if (state == State.RESTING) {
          state = State.READY;
          ready.add(this);
        } else if (state == State.RUNNING) {
          state = State.AGAIN;
        }
      }
      startNext();
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
