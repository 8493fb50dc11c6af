package org.byoemail.api;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.byoemail.platform.event.EventFilter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client that reads an event stream or waits on a long poll. No thread blocks on it: the next
 * events are fetched once the previous ones have been written, so that a slow client holds one
 * chunk in memory. Thread-safe.
 */
final class EventConnection implements WriteListener, AsyncListener {
  private static final Logger log = LoggerFactory.getLogger(EventConnection.class);
  private static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.UTF_8);

  /** Fetches and writes the next chunks. */
  interface Source {
    /**
     * The next chunk.
     *
     * @param over whether the long poll has timed out
     */
    Piece next(long after, boolean over);

    /**
     * The connection begins.
     *
     * @param wake to be called when there may be a chunk although no event has come
     */
    default void begin(Runnable wake) {}

    /** The response if the connection ends before its time; null: none. */
    default byte @Nullable [] farewell() {
      return null;
    }
  }

  /**
   * A chunk of the response.
   *
   * @param bytes null if there is nothing to write
   * @param upTo the position after which to continue
   * @param last whether it ends the response
   */
  record Piece(byte @Nullable [] bytes, long upTo, boolean last) {}

  /**
   * Opens the connection.
   *
   * @param key id of the API key; null: the admin key of the settings
   */
  record Owner(String name, @Nullable UUID key, EventFilter filter) {}

  private final AsyncContext context;
  private final ServletOutputStream out;
  private final Source source;
  private final Owner owner;
  private final Runnable ended;
  private final long overAt;
  private long position;
  private byte @Nullable [] piece;
  private boolean last;
  private boolean flush;
  private boolean begun;
  private boolean done;
  private long progressAt = System.nanoTime();

  /**
   * @param overAt when a long poll times out, by {@link System#nanoTime}; 0 for a stream
   * @param ended called once, by any thread
   */
  EventConnection(
      AsyncContext context, Source source, Owner owner, long position, long overAt, Runnable ended)
      throws IOException {
    this.context = context;
    this.out = context.getResponse().getOutputStream();
    this.source = source;
    this.owner = owner;
    this.position = position;
    this.overAt = overAt;
    this.ended = ended;
    // At once, so that a client that is cut off before the first event continues from here.
    this.piece =
        overAt == 0 ? ("id: " + position + "\n\n").getBytes(StandardCharsets.US_ASCII) : null;
  }

  /**
   * Asks the container to call {@link #onWritePossible}; afterwards other threads may write too.
   */
  void begin() {
    source.begin(this::pump);
    context.addListener(this);
    out.setWriteListener(this);
  }

  Owner owner() {
    return owner;
  }

  /** There may be events, or the connection can be written to. */
  synchronized void pump() {
    try {
      while (begun && !done && out.isReady()) {
        if (flush) {
          flush = false;
          out.flush();
        } else if (last && piece == null) {
          complete();
        } else if (!fetch()) {
          return;
        } else {
          byte[] now = piece;
          piece = null;
          progressAt = System.nanoTime();
          if (now != null) {
            out.write(now);
            flush = true;
          }
        }
      }
    } catch (IOException e) {
      log.debug("a stream of events ended", e);
      complete();
    } catch (RuntimeException e) {
      log.debug("a stream of events ended", e);
      end();
    }
  }

  /** Whether there is a chunk to write. */
  private boolean fetch() {
    if (piece != null) {
      return true;
    }
    while (true) {
      Piece next = source.next(position, overAt != 0 && overAt - System.nanoTime() <= 0);
      boolean moved = next.upTo() > position;
      position = next.upTo();
      last = next.last();
      piece = next.bytes();
      if (piece != null || last) {
        return true;
      }
      if (!moved) {
        return false;
      }
    }
  }

  /** Writes a comment if the stream is idle; drops a client that has read nothing for too long. */
  synchronized void heartbeat(boolean comment, long stallNanos) {
    if (done || !begun) {
      return;
    }
    if (!out.isReady()) {
      if (System.nanoTime() - progressAt > stallNanos) {
        complete();
      }
      return;
    }
    progressAt = System.nanoTime();
    if (comment && overAt == 0 && piece == null) {
      piece = HEARTBEAT;
    }
    pump();
  }

  /** Ends the response before its time; a client that needs an answer gets one. */
  synchronized void end() {
    byte[] farewell = done || last ? null : source.farewell();
    if (farewell == null) {
      complete();
      return;
    }
    piece = farewell;
    last = true;
    pump();
  }

  /** Ends the response. */
  synchronized void complete() {
    if (done) {
      return;
    }
    done = true;
    ended.run();
    try {
      context.complete();
    } catch (IllegalStateException e) {
      // The container has ended it.
    }
  }

  @Override
  public synchronized void onWritePossible() {
    begun = true;
    pump();
  }

  @Override
  public void onError(Throwable t) {
    complete();
  }

  @Override
  public void onError(AsyncEvent event) {
    complete();
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    complete();
  }

  @Override
  public void onComplete(AsyncEvent event) {
    complete();
  }

  @Override
  public void onStartAsync(AsyncEvent event) {
    // It is started once.
  }
}
