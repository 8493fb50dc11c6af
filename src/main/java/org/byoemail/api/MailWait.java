package org.byoemail.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.byoemail.api.AgentViews.Format;
import org.byoemail.inbound.ingest.InboundStatus;
import org.byoemail.inbound.ingest.Inbox;
import org.byoemail.inbound.ingest.InboxEntry;
import org.byoemail.inbound.ingest.InboxFilter;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ProblemCode;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.event.Event;
import org.byoemail.platform.event.EventFilter;
import org.byoemail.platform.event.EventType;
import org.byoemail.platform.event.NumberedEvents;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;

/**
 * Waits for a mail that matches, without a thread: it counts as one of the event streams of the
 * caller's key. Thread-safe.
 */
@Component
class MailWait {
  private static final Logger log = LoggerFactory.getLogger(MailWait.class);

  /** How many mails are looked at in the list, the newest first, and how many texts are read. */
  private static final int MAX_LISTED = 500;

  private static final int MAX_READ = 100;
  private static final int PAGE = 50;

  /** How many times events that have come are read before the caller waits. */
  private static final int MAX_BATCHES = 20;

  private static final Duration LOOKING = Duration.ofSeconds(5);
  private static final int MAX_CHARACTERS = 10_000;

  /** Each may be a message to read. */
  private static final int MAX_EVENTS = 10;

  private final Inbox inbox;
  private final AgentViews views;
  private final NumberedEvents events;
  private final EventStreams streams;
  private final MailData data;
  private final Clock clock;

  MailWait(
      Inbox inbox,
      AgentViews views,
      NumberedEvents events,
      EventStreams streams,
      MailData data,
      Clock clock) {
    this.inbox = inbox;
    this.views = views;
    this.events = events;
    this.streams = streams;
    this.data = data;
    this.clock = clock;
  }

  /**
   * What is waited for.
   *
   * @param since mail that came before is passed over; null: two minutes ago
   * @param after the position of an earlier answer: only mail whose event comes after it, whenever
   *     it was sent; null: mail since that time
   */
  record WaitRequest(
      MailMatch match, @Nullable Instant since, @Nullable Long after, Duration patience) {}

  /**
   * Finds the newest mail that matches, or else the next one; after a position, the next one.
   *
   * @return empty: the response comes later
   * @throws TooManyStreams if the key waits too often at the same time
   */
  Optional<String> find(WaitRequest wanted, McpCall call) throws IOException {
    Caller caller = call.caller();
    Instant since =
        wanted.since() == null ? clock.instant().minus(Duration.ofMinutes(2)) : wanted.since();
    EventFilter filter =
        new EventFilter(
            caller.organization(),
            caller.scope(),
            Set.of(EventType.MESSAGE_RECEIVED.word()),
            null,
            null);
    Looked looked =
        wanted.after() == null
            ? stored(caller, wanted.match(), since)
            : come(caller, wanted.match(), filter, wanted.after());
    if (looked.found() != null || wanted.patience().isZero()) {
      return Optional.of(looked.found() == null ? nothing(since, looked.upTo()) : looked.found());
    }
    streams.respond(
        call.request(),
        call.response(),
        new EventStreams.StreamRequest(caller, filter, looked.upTo(), MAX_EVENTS, false),
        wanted.patience(),
        new EventStreams.StreamResponse() {
          @Override
          public byte @Nullable [] of(List<Event> received) {
            return answer(call, wanted.match(), received);
          }

          @Override
          public byte[] none(long examined) {
            return JsonRpc.bytes(JsonRpc.tool(call.id(), nothing(since, examined)));
          }
        });
    return Optional.empty();
  }

  /**
   * What has come so far.
   *
   * @param found the answer; null: none matches
   * @param upTo the position after which to wait
   */
  private record Looked(@Nullable String found, long upTo) {}

  private Looked stored(Caller caller, MailMatch match, Instant since) {
    // Before the list: a mail that comes meanwhile is in one of them.
    long position = events.last();
    long overAt = System.nanoTime() + LOOKING.toNanos();
    int read = 0;
    UUID before = null;
    for (int listed = 0; listed < MAX_LISTED; listed += PAGE) {
      List<InboxEntry> page =
          inbox.list(
              new InboxFilter(
                  caller.organization(),
                  caller.scope(),
                  null,
                  InboundStatus.INGESTED,
                  since,
                  before),
              PAGE);
      for (InboxEntry one : page) {
        if (one.message() != null && matches(match, one)) {
          Optional<String> found = read(caller, match, one.message().value(), position);
          read++;
          if (found.isPresent()) {
            return new Looked(found.get(), position);
          }
          if (read == MAX_READ || System.nanoTime() - overAt > 0) {
            return new Looked(null, position);
          }
        }
      }
      if (page.size() < PAGE) {
        break;
      }
      before = page.get(PAGE - 1).id();
    }
    return new Looked(null, position);
  }

  private Looked come(Caller caller, MailMatch match, EventFilter filter, long after) {
    events.check(caller.organization(), after);
    long overAt = System.nanoTime() + LOOKING.toNanos();
    long position = after;
    for (int i = 0; i < MAX_BATCHES && System.nanoTime() - overAt < 0; i++) {
      NumberedEvents.Batch batch = events.after(filter, position, MAX_EVENTS);
      Optional<String> found = received(caller, match, batch.events());
      if (found.isPresent()) {
        return new Looked(found.get(), batch.upTo());
      }
      if (batch.upTo() == position) {
        break;
      }
      position = batch.upTo();
    }
    return new Looked(null, position);
  }

  private byte @Nullable [] answer(McpCall call, MailMatch match, List<Event> received) {
    try {
      return received(call.caller(), match, received)
          .map(text -> JsonRpc.bytes(JsonRpc.tool(call.id(), text)))
          .orElse(null);
    } catch (RuntimeException e) {
      // No handler of errors is reached from here.
      log.warn(
          "wait_for_mail failed to read a matching message (key {}): {}",
          call.caller().key(),
          e.toString());
      ProblemDetail problem =
          ProblemCode.INTERNAL_ERROR.problem("the mail cannot be read: call the tool again");
      return JsonRpc.bytes(JsonRpc.failed(call.id(), problem, new HttpHeaders()));
    }
  }

  private Optional<String> received(Caller caller, MailMatch match, List<Event> received) {
    return received.stream()
        .filter(one -> one.messageId() != null && matches(match, one.data()))
        .flatMap(one -> read(caller, match, one.messageId(), one.position()).stream())
        .findFirst();
  }

  private static boolean matches(MailMatch match, JsonNode received) {
    List<String> to = new ArrayList<>();
    received.path("to").forEach(one -> to.add(one.asText()));
    // Blind copies and lists have it in no header.
    to.add(received.path("recipient").asText());
    return match.matches(
        received.path("from").textValue(),
        to,
        received.path("subject").textValue(),
        received.path("verdict").textValue());
  }

  private static boolean matches(MailMatch match, InboxEntry mail) {
    List<String> to = new ArrayList<>(mail.to());
    to.add(Objects.requireNonNullElse(mail.recipient(), ""));
    return match.matches(
        mail.sender(), to, mail.subject(), mail.judged() == null ? null : mail.judged().verdict());
  }

  private Optional<String> read(Caller caller, MailMatch match, @Nullable UUID id, long position) {
    MessageView view;
    try {
      if (match.text() != null && !match.matchesText(views.text(caller, id))) {
        return Optional.empty();
      }
      view = views.message(caller, id, Format.TEXT, 0, MAX_CHARACTERS);
    } catch (ResourceNotFound e) {
      return Optional.empty(); // It was erased, or is held again.
    }
    Map<String, Object> found = new LinkedHashMap<>();
    found.put("found", true);
    found.put("after", position);
    found.put("verdict", view.verdict());
    found.put("codes", MailMatch.codes(view.subject(), view.text()));
    found.put("links", MailMatch.links(view.text()));
    found.put("message", view);
    return Optional.of(data.of(found));
  }

  private static String nothing(Instant since, long examined) {
    ObjectNode nothing =
        JsonRpc.object().put("found", false).put("after", examined).put("since", since.toString());
    return nothing
        .put("hint", "call the tool again with this after, and no mail is missed")
        .toString();
  }
}
