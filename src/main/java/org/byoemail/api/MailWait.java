package org.byoemail.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.byoemail.api.AgentViews.Format;
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
  private static final int MAX_LISTED = 50;

  /** Each match by its text loads a message. */
  private static final int MAX_READ = 10;

  private static final int MAX_CHARACTERS = 10_000;
  private static final int MAX_EVENTS = 20;

  private final MessageReader reader;
  private final AgentViews views;
  private final NumberedEvents events;
  private final EventStreams streams;
  private final MailData data;
  private final Clock clock;

  MailWait(
      MessageReader reader,
      AgentViews views,
      NumberedEvents events,
      EventStreams streams,
      MailData data,
      Clock clock) {
    this.reader = reader;
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
   */
  record Wanted(MailMatch match, @Nullable Instant since, Duration patience) {}

  /**
   * Finds the newest mail that matches, or else the next one.
   *
   * @return empty: the response comes later
   * @throws TooManyStreams if the key waits too often at the same time
   */
  Optional<String> find(Wanted wanted, McpCall call) throws IOException {
    Caller caller = call.caller();
    Instant since =
        wanted.since() == null ? clock.instant().minus(Duration.ofMinutes(2)) : wanted.since();
    // Before the list: a mail that comes meanwhile is in one of them.
    long position = events.last();
    Optional<String> found = stored(caller, wanted.match(), since);
    if (found.isPresent() || wanted.patience().isZero()) {
      return Optional.of(found.orElseGet(() -> nothing(since)));
    }
    EventFilter filter =
        new EventFilter(
            caller.organization(),
            caller.scope(),
            Set.of(EventType.MESSAGE_RECEIVED.word()),
            null,
            null);
    streams.respond(
        call.request(),
        call.response(),
        new EventStreams.Wanted(caller, filter, position, MAX_EVENTS, false),
        wanted.patience(),
        new EventStreams.Answer() {
          @Override
          public byte @Nullable [] of(List<Event> received) {
            return answer(call, wanted.match(), received);
          }

          @Override
          public byte[] none() {
            return JsonRpc.bytes(JsonRpc.tool(call.id(), nothing(since)));
          }
        });
    return Optional.empty();
  }

  private Optional<String> stored(Caller caller, MailMatch match, Instant since) {
    MessageFilter filter =
        MessageFilter.read(
            caller.organization(),
            caller.scope(),
            "inbound",
            null,
            "ingested",
            null,
            null,
            since.toString(),
            null,
            MAX_LISTED);
    return reader.list(filter).stream()
        .map(MessageReader.Item::entry)
        .filter(one -> match.matches(one.from(), one.to(), one.subject()))
        .limit(MAX_READ)
        .flatMap(one -> read(caller, match, one.id()).stream())
        .findFirst();
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
        .limit(MAX_READ)
        .flatMap(one -> read(caller, match, one.messageId()).stream())
        .findFirst();
  }

  private static boolean matches(MailMatch match, JsonNode received) {
    List<String> to =
        StreamSupport.stream(received.path("to").spliterator(), false)
            .map(JsonNode::asText)
            .toList();
    return match.matches(
        received.path("from").textValue(), to, received.path("subject").textValue());
  }

  private Optional<String> read(Caller caller, MailMatch match, @Nullable UUID id) {
    MessageView view;
    try {
      view = views.message(caller, id, Format.TEXT, 0, MAX_CHARACTERS);
    } catch (ResourceNotFound e) {
      return Optional.empty(); // It was erased, or is held again.
    }
    if (!match.matchesText(view.text())) {
      return Optional.empty();
    }
    Map<String, Object> found = new LinkedHashMap<>();
    found.put("found", true);
    found.put("codes", MailMatch.codes(view.subject(), view.text()));
    found.put("links", MailMatch.links(view.text()));
    found.put("message", view);
    return Optional.of(data.of(found));
  }

  private static String nothing(Instant since) {
    ObjectNode nothing = JsonRpc.object().put("found", false).put("since", since.toString());
    return nothing
        .put("hint", "call the tool again with this since, and no mail is missed")
        .toString();
  }
}
