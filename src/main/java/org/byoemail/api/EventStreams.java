package org.byoemail.api;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.byoemail.platform.access.ApiKeyChanged;
import org.byoemail.platform.access.ApiKeys;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.event.Event;
import org.byoemail.platform.event.EventFeed;
import org.byoemail.platform.event.EventFilter;
import org.byoemail.platform.event.NumberedEvents;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * The streams and long polls of this node: a bounded number, served by few threads. An idle one
 * costs no query. Each ends soon after its key. Thread-safe.
 */
@Component
class EventStreams implements DisposableBean {
  private static final Logger log = LoggerFactory.getLogger(EventStreams.class);
  private static final int THREADS = 2;

  /** For answers, which read messages. */
  private static final int ANSWERING = 2;

  private static final int MAX_PIECE = 50;
  private static final Duration TICK = Duration.ofSeconds(1);

  private final EventFeed feed;
  private final EventEncoding encoding;
  private final ApiKeys keys;
  private final EventStreamSettings settings;
  private final Set<EventConnection> open = ConcurrentHashMap.newKeySet();
  private final StreamLimits limits;
  private final StreamLimits waits;
  private final ThreadPoolExecutor answers;
  private final AtomicBoolean waking = new AtomicBoolean();
  private final ScheduledThreadPoolExecutor threads;
  private NumberedEvents.@Nullable Registration following;
  private @Nullable ScheduledFuture<?> ticking;
  private long heartbeatAt = System.nanoTime();

  EventStreams(
      EventFeed feed,
      EventEncoding encoding,
      ApiKeys keys,
      EventStreamSettings settings,
      MeterRegistry meters) {
    this.feed = feed;
    this.encoding = encoding;
    this.keys = keys;
    this.settings = settings;
    this.limits = new StreamLimits(settings);
    this.waits = new StreamLimits(settings.forWaits());
    this.answers =
        new ThreadPoolExecutor(
            ANSWERING,
            ANSWERING,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(settings.forWaits().total()),
            new CustomizableThreadFactory("byo-event-answer-"));
    this.threads =
        new ScheduledThreadPoolExecutor(
            THREADS, new CustomizableThreadFactory("byo-event-stream-"));
    threads.setRemoveOnCancelPolicy(true);
    threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    Gauge.builder("byo.event.streams", open, Set::size)
        .description("open event streams and long polls of this node")
        .register(meters);
  }

  /**
   * What a client asks for.
   *
   * @param requested the position that the client gave
   * @param after the position to start after: no event up to it passed the filter
   * @param limit the maximum number of events for a long poll
   * @param cloud whether as CloudEvents
   */
  record StreamRequest(
      Caller caller, EventFilter filter, long requested, long after, int limit, boolean cloud) {

    StreamRequest(Caller caller, EventFilter filter, long after, int limit, boolean cloud) {
      this(caller, filter, after, after, limit, cloud);
    }
  }

  /**
   * Opens a stream.
   *
   * @throws TooManyStreams if a limit is reached
   */
  void stream(HttpServletRequest request, HttpServletResponse response, StreamRequest wanted)
      throws IOException {
    enter(wanted.caller());
    try {
      response.setContentType("text/event-stream");
      response.setCharacterEncoding("UTF-8");
      response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
      // Some proxies would buffer it.
      response.setHeader("X-Accel-Buffering", "no");
      begin(
          request,
          wanted,
          0,
          (after, over) -> {
            NumberedEvents.Batch batch = feed.after(wanted.filter(), after, MAX_PIECE);
            List<Event> found = EventEncoding.readable(wanted.caller(), batch.events());
            return new EventConnection.Piece(
                found.isEmpty() ? null : encoding.stream(found, wanted.cloud()),
                batch.upTo(),
                false);
          });
    } catch (IOException | RuntimeException e) {
      leave(wanted.caller());
      throw e;
    }
  }

  /**
   * Responds once there are events, or when the long poll times out.
   *
   * @throws TooManyStreams if a limit is reached
   */
  void poll(
      HttpServletRequest request,
      HttpServletResponse response,
      StreamRequest wanted,
      Duration patience)
      throws IOException {
    enter(wanted.caller());
    try {
      response.setContentType(wanted.cloud() ? EventEncoding.CLOUD_EVENTS : "application/json");
      begin(
          request,
          wanted,
          System.nanoTime() + patience.toNanos(),
          (after, over) -> {
            NumberedEvents.Batch batch = feed.after(wanted.filter(), after, wanted.limit());
            List<Event> found = EventEncoding.readable(wanted.caller(), batch.events());
            if (found.isEmpty() && !over) {
              return new EventConnection.Piece(null, batch.upTo(), false);
            }
            return new EventConnection.Piece(
                encoding.page(found, wanted.requested(), batch.upTo(), wanted.cloud()),
                batch.upTo(),
                true);
          });
    } catch (IOException | RuntimeException e) {
      leave(wanted.caller());
      throw e;
    }
  }

  /** What {@link #respond} answers. */
  interface StreamResponse {
    /** The body for events that have come; null: it waits for others. It may take long. */
    byte @Nullable [] of(List<Event> events);

    /**
     * The body if the time is over, or the wait ends before.
     *
     * @param examined the position up to which no event was taken
     */
    byte[] none(long examined);
  }

  /**
   * Responds with JSON once an event has come that the answer takes, or when the time is over.
   *
   * @throws TooManyStreams if a limit is reached
   */
  void respond(
      HttpServletRequest request,
      HttpServletResponse response,
      StreamRequest wanted,
      Duration patience,
      StreamResponse answer)
      throws IOException {
    enterWait(wanted.caller());
    try {
      response.setContentType("application/json");
      begin(
          request,
          wanted,
          System.nanoTime() + patience.toNanos(),
          new AnswerSource(
              answers,
              after -> feed.after(wanted.filter(), after, wanted.limit()),
              answer,
              wanted.after()),
          this::leaveWait);
    } catch (IOException | RuntimeException e) {
      leaveWait(wanted.caller());
      throw e;
    }
  }

  private void begin(
      HttpServletRequest request, StreamRequest wanted, long overAt, EventConnection.Source source)
      throws IOException {
    begin(request, wanted, overAt, source, this::leave);
  }

  private void begin(
      HttpServletRequest request,
      StreamRequest wanted,
      long overAt,
      EventConnection.Source source,
      Consumer<Caller> leaving)
      throws IOException {
    AsyncContext context = request.startAsync();
    context.setTimeout(0);
    AtomicBoolean left = new AtomicBoolean();
    AtomicReference<EventConnection> self = new AtomicReference<>();
    AtomicReference<ScheduledFuture<?>> answer = new AtomicReference<>();
    EventConnection connection =
        new EventConnection(
            context,
            source,
            new EventConnection.Owner(
                StreamLimits.name(wanted.caller()), wanted.caller().key(), wanted.filter()),
            wanted.after(),
            overAt,
            () -> {
              open.remove(self.get());
              ScheduledFuture<?> pending = answer.get();
              if (pending != null) {
                pending.cancel(false);
              }
              if (left.compareAndSet(false, true)) {
                leaving.accept(wanted.caller());
              }
            });
    self.set(connection);
    open.add(connection);
    if (overAt != 0) {
      answer.set(
          threads.schedule(
              connection::pump, Math.max(0, overAt - System.nanoTime()), TimeUnit.NANOSECONDS));
    }
    connection.begin();
  }

  /** Whether none is open on this node. */
  boolean isIdle() {
    return open.isEmpty();
  }

  private synchronized void enter(Caller caller) {
    limits.enter(caller);
    if (following == null) {
      following = feed.follow(this::wake);
      ticking =
          threads.scheduleWithFixedDelay(
              this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
    }
    feed.refresh();
  }

  private synchronized void enterWait(Caller caller) {
    waits.enter(caller);
    try {
      enter(caller);
    } catch (RuntimeException e) {
      waits.leave(caller);
      throw e;
    }
  }

  private synchronized void leaveWait(Caller caller) {
    waits.leave(caller);
    leave(caller);
  }

  private synchronized void leave(Caller caller) {
    limits.leave(caller);
    if (limits.isEmpty() && following != null) {
      following.close();
      following = null;
      if (ticking != null) {
        ticking.cancel(false);
        ticking = null;
      }
    }
  }

  /** Reads new events once and hands them to all connections. */
  private void wake() {
    if (waking.compareAndSet(false, true)) {
      threads.execute(
          () -> {
            waking.set(false);
            if (feed.refresh()) {
              open.forEach(EventConnection::pump);
            }
          });
    }
  }

  private void tick() {
    try {
      boolean comment = System.nanoTime() - heartbeatAt >= settings.heartbeat().toNanos();
      if (comment) {
        heartbeatAt = System.nanoTime();
        endThoseWithoutKey();
        feed.look();
        wake();
      }
      open.forEach(one -> one.heartbeat(comment, settings.stall().toNanos()));
    } catch (RuntimeException e) {
      log.warn("event streams could not be served: {}", e.toString());
    }
  }

  private void endThoseWithoutKey() {
    Set<UUID> used = ConcurrentHashMap.newKeySet();
    open.forEach(
        one -> {
          if (one.owner().key() != null) {
            used.add(one.owner().key());
          }
        });
    if (used.isEmpty()) {
      return;
    }
    try {
      Set<UUID> valid = keys.valid(used);
      open.stream()
          .filter(one -> one.owner().key() != null && !valid.contains(one.owner().key()))
          .forEach(EventConnection::end);
    } catch (DataAccessException e) {
      log.warn("the API keys of event streams could not be checked: {}", e.toString());
    }
  }

  /** Ends the streams of a deleted key at once; other nodes do so at their next heartbeat. */
  @TransactionalEventListener
  void keyChanged(ApiKeyChanged changed) {
    if (changed.change() == ApiKeyChanged.Change.DELETED) {
      open.stream()
          .filter(one -> changed.key().id().equals(one.owner().key()))
          .forEach(EventConnection::end);
    }
  }

  @Override
  public void destroy() {
    threads.shutdownNow();
    answers.shutdownNow();
    open.forEach(EventConnection::end);
    open.forEach(EventConnection::complete);
  }
}
