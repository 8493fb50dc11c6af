package org.byoemail.platform.event;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.byoemail.format.mail.Scope;
import org.byoemail.platform.event.NumberedEvents.Batch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Keeps the newest events of all organisations in memory, read once for all followers on this node:
 * a follower that is up to date costs no query. Reads nothing while there are no followers.
 * Thread-safe.
 */
@Component
public class EventFeed {
  private static final Logger log = LoggerFactory.getLogger(EventFeed.class);
  private static final int MAX_KEPT = 1_000;

  /** Characters of JSON: a stranger's mail makes an event of up to a megabyte. */
  private static final long MAX_KEPT_LENGTH = 16 << 20;

  private static final int MAX_READ_LENGTH = 256 << 10;
  private static final int MAX_BATCH = 500;

  private static final String AGENTS =
      """
      SELECT e.id, a.agent_id FROM event e JOIN agent_email_account a ON a.id = e.account_id
      WHERE e.id = ANY (:ids)
      UNION ALL
      SELECT e.id, p.owner_agent_id FROM event e JOIN message m ON m.id = e.message_id
        JOIN endpoint p ON p.id = m.endpoint_id
      WHERE e.id = ANY (:ids) AND p.owner_agent_id IS NOT NULL
      """;

  private static final String ACCOUNTS =
      """
      SELECT e.id, t.account_id FROM event e JOIN message m ON m.id = e.message_id
        JOIN endpoint_account t ON t.endpoint_id = m.endpoint_id
      WHERE e.id = ANY (:ids)
      """;

  private final NumberedEvents events;
  private final JdbcClient jdbc;
  private final AtomicInteger followers = new AtomicInteger();
  private final AtomicBoolean stale = new AtomicBoolean();
  private final AtomicBoolean unchecked = new AtomicBoolean();
  private final Deque<BufferedEvent> kept = new ArrayDeque<>();

  /** All events with a position above it, up to {@code head}, are kept. */
  private long floor = Long.MAX_VALUE;

  private long head = Long.MIN_VALUE;

  private long keptLength;

  EventFeed(NumberedEvents events, JdbcClient jdbc) {
    this.events = events;
    this.jdbc = jdbc;
  }

  /**
   * @param accounts that the event's message was received or sent through
   */
  private record BufferedEvent(Event event, int length, Set<UUID> agents, Set<UUID> accounts) {
    boolean passes(EventFilter filter) {
      return (filter.organization() == null || filter.organization().equals(event.organization()))
          && (filter.types().isEmpty() || filter.types().contains(event.type()))
          && (filter.account() == null || filter.account().equals(event.accountId()))
          && (filter.agent() == null || agents.contains(filter.agent()))
          && (filter.scope() == null || isWithin(filter.scope()));
    }

    private boolean isWithin(Scope scope) {
      return event.accountId() != null && scope.accounts().contains(event.accountId())
          || accounts.stream().anyMatch(scope.accounts()::contains)
          || agents.stream().anyMatch(scope.agents()::contains);
    }
  }

  /**
   * Begins to follow; {@link #leave} ends it.
   *
   * @param wake called soon after new events arrive; must not block
   */
  public NumberedEvents.Registration follow(Runnable wake) {
    followers.incrementAndGet();
    NumberedEvents.Registration registration =
        events.onNumbered(
            () -> {
              stale.set(true);
              wake.run();
            });
    AtomicBoolean left = new AtomicBoolean();
    return () -> {
      registration.close();
      if (left.compareAndSet(false, true) && followers.decrementAndGet() == 0) {
        forget();
      }
    };
  }

  private synchronized void forget() {
    kept.clear();
    keptLength = 0;
    floor = Long.MAX_VALUE;
    head = Long.MIN_VALUE;
  }

  /** Reads new events; false if that failed. */
  public boolean refresh() {
    if (!stale.getAndSet(false) && isFilled()) {
      return true;
    }
    try {
      fill();
      if (unchecked.getAndSet(false)) {
        dropDeleted();
      }
      return true;
    } catch (DataAccessException e) {
      stale.set(true);
      unchecked.set(true);
      log.warn("new events cannot be read for event streams: {}", e.toString());
      return false;
    }
  }

  /**
   * Makes the next {@link #refresh} query the database even without a notification, and forget
   * events that were deleted there, such as an erased person's events.
   */
  public void look() {
    unchecked.set(true);
    stale.set(true);
  }

  private synchronized void dropDeleted() {
    if (kept.isEmpty()) {
      return;
    }
    Set<UUID> present =
        new HashSet<>(
            jdbc.sql("SELECT id FROM event WHERE id = ANY (:ids)")
                .param("ids", kept.stream().map(one -> one.event().id()).toArray(UUID[]::new))
                .query(UUID.class)
                .list());
    kept.removeIf(one -> !present.contains(one.event().id()));
    keptLength = kept.stream().mapToLong(BufferedEvent::length).sum();
  }

  private synchronized boolean isFilled() {
    return head != Long.MIN_VALUE;
  }

  private synchronized void fill() {
    if (head == Long.MIN_VALUE) {
      head = events.last();
      floor = head;
      return;
    }
    while (true) {
      Batch batch = events.after(EventFilter.of(null), head, MAX_BATCH);
      Map<UUID, Set<UUID>> agents = ids(AGENTS, batch.events());
      Map<UUID, Set<UUID>> accounts = ids(ACCOUNTS, batch.events());
      for (Event event : batch.events()) {
        int length = event.data().toString().length();
        kept.add(
            new BufferedEvent(
                event,
                length,
                agents.getOrDefault(event.id(), Set.of()),
                accounts.getOrDefault(event.id(), Set.of())));
        keptLength += length;
      }
      while (kept.size() > MAX_KEPT || keptLength > MAX_KEPT_LENGTH) {
        BufferedEvent oldest = kept.remove();
        keptLength -= oldest.length();
        floor = oldest.event().position();
      }
      if (batch.upTo() <= head) {
        return;
      }
      head = batch.upTo();
    }
  }

  private Map<UUID, Set<UUID>> ids(String query, List<Event> of) {
    Map<UUID, Set<UUID>> ids = new HashMap<>();
    if (of.isEmpty()) {
      return ids;
    }
    jdbc.sql(query)
        .param("ids", of.stream().map(Event::id).toArray(UUID[]::new))
        .query(
            row -> {
              ids.computeIfAbsent(row.getObject(1, UUID.class), any -> new HashSet<>())
                  .add(row.getObject(2, UUID.class));
            });
    return ids;
  }

  /**
   * As {@link NumberedEvents#after}, from memory if possible.
   *
   * @param limit the maximum number of events to return
   */
  public Batch after(EventFilter filter, long after, int limit) {
    synchronized (this) {
      if (after >= floor) {
        List<Event> found = new ArrayList<>();
        long upTo = Math.max(after, head);
        long length = 0;
        for (BufferedEvent one : kept) {
          if (one.event().position() > after && one.passes(filter)) {
            length += one.length();
            if (found.size() == limit || length > MAX_READ_LENGTH && !found.isEmpty()) {
              upTo = found.get(found.size() - 1).position();
              break;
            }
            found.add(one.event());
          }
        }
        return new Batch(found, upTo);
      }
    }
    return events.after(filter, after, limit);
  }
}
