package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.access.ResponseBudget;
import org.byoemail.platform.event.Event;
import org.byoemail.platform.event.EventCursors;
import org.byoemail.platform.event.EventFilter;
import org.byoemail.platform.event.NumberedEvents;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The events in order, for platforms that poll instead of listening to the broker. */
@RestController
@RequestMapping("/api/v1/events")
@Tag(name = "events")
class EventsController {
  /**
   * How many batches of events one request examines to find the first event that passes its filter.
   */
  private static final int MAX_LOOKS = 20;

  private static final int DEFAULT_LIMIT = 200;

  private static final long PAGE_BYTES = 2 << 20;

  private static final Duration MAX_WAIT = Duration.ofSeconds(30);

  private final NumberedEvents events;
  private final EventCursors cursors;
  private final EventStreams streams;
  private final EventEncoding encoding;
  private final ResponseBudget budget;

  EventsController(
      NumberedEvents events,
      EventCursors cursors,
      EventStreams streams,
      EventEncoding encoding,
      ResponseBudget budget) {
    this.events = events;
    this.cursors = cursors;
    this.streams = streams;
    this.encoding = encoding;
    this.budget = budget;
  }

  /** A page of events. */
  @Schema(name = "EventPage")
  record EventPage(
      List<Event> items,
      @Nullable
          @Schema(description = "the `after` of the next request; null if no event was examined")
          String next) {}

  @GetMapping
  @Operation(
      operationId = "listEvents",
      summary = "List events",
      description =
          "Events after a position, in order. `next` is the `after` of the next request; it is"
              + " null if no event was examined: keep the previous one. With `wait`, the"
              + " answer comes once there are events, or the time is over. With `Accept:"
              + " application/cloudevents+json`, a batch of CloudEvents 1.0. Answers 410 with"
              + " `firstPosition` if events after the position were deleted, 400 if it was never"
              + " given.")
  @ApiResponse(
      responseCode = "200",
      content = {
        @Content(
            mediaType = MediaType.APPLICATION_JSON_VALUE,
            schema = @Schema(implementation = EventPage.class)),
        @Content(
            mediaType = EventEncoding.CLOUD_EVENTS,
            array = @ArraySchema(schema = @Schema(ref = "#/components/schemas/CloudEvent")))
      })
  @ApiResponse(
      responseCode = "410",
      description = "Events after the position were deleted.",
      content = @Content(mediaType = MediaType.APPLICATION_PROBLEM_JSON_VALUE))
  @Nullable ResponseEntity<Object> after(
      @AuthenticationPrincipal Caller caller,
      EventQuery query,
      @RequestParam(required = false) @Nullable Integer limit,
      @Parameter(description = "at most 30s", example = "30s") @RequestParam(required = false)
          @Nullable String wait,
      @Parameter(hidden = true) @RequestHeader(required = false) @Nullable String accept,
      @Parameter(hidden = true) HttpServletRequest request,
      @Parameter(hidden = true) HttpServletResponse response)
      throws IOException {
    Duration patience = wait == null ? Duration.ZERO : patience(wait);
    int most = RequestParams.limit(limit, DEFAULT_LIMIT);
    EventFilter filter = query.filter(caller);
    long position = query.start(caller, cursors).orElse(0);
    boolean cloud = EventEncoding.wantsCloudEvents(accept);
    budget.take(PAGE_BYTES);
    events.check(filter.organization(), position);
    List<Event> found = List.of();
    long upTo = position;
    boolean more = true;
    // A filter may skip many events before the first that passes.
    for (int looks = 0; found.isEmpty() && more && looks < MAX_LOOKS; looks++) {
      NumberedEvents.Batch batch = events.after(filter, upTo, most);
      found = EventEncoding.readable(caller, batch.events());
      more = batch.upTo() > upTo;
      upTo = batch.upTo();
    }
    if (found.isEmpty() && !patience.isZero()) {
      streams.poll(
          request,
          response,
          new EventStreams.StreamRequest(caller, filter, position, upTo, most, cloud),
          patience);
      return null;
    }
    return ResponseEntity.ok()
        .contentType(
            cloud
                ? MediaType.parseMediaType(EventEncoding.CLOUD_EVENTS)
                : MediaType.APPLICATION_JSON)
        .body(encoding.page(found, position, upTo, cloud));
  }

  @GetMapping(path = "/stream")
  @Operation(
      operationId = "streamEvents",
      summary = "Stream events",
      description =
          "Events as server-sent events, from now on or after a position (`Last-Event-ID`, `after`"
              + " or `cursor`); the id of each is its position.")
  @ApiResponse(
      responseCode = "200",
      content =
          @Content(
              mediaType = MediaType.TEXT_EVENT_STREAM_VALUE,
              schema = @Schema(type = "string")))
  @ApiResponse(
      responseCode = "410",
      description = "Events after the position were deleted.",
      content = @Content(mediaType = MediaType.APPLICATION_PROBLEM_JSON_VALUE))
  void stream(
      @AuthenticationPrincipal Caller caller,
      EventQuery query,
      @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId,
      @Parameter(hidden = true) @RequestHeader(required = false) @Nullable String accept,
      @Parameter(hidden = true) HttpServletRequest request,
      @Parameter(hidden = true) HttpServletResponse response)
      throws IOException {
    EventFilter filter = query.filter(caller);
    // A client that reconnects sends the last position that it has seen, which overrides its URL.
    OptionalLong seen = EventQuery.position("Last-Event-ID", lastEventId);
    OptionalLong start = seen.isPresent() ? seen : query.start(caller, cursors);
    long position = start.isPresent() ? start.getAsLong() : events.last();
    events.check(filter.organization(), position);
    streams.stream(
        request,
        response,
        new EventStreams.StreamRequest(
            caller, filter, position, DEFAULT_LIMIT, EventEncoding.wantsCloudEvents(accept)));
  }

  private static Duration patience(String wait) {
    try {
      Duration patience = DurationStyle.SIMPLE.parse(wait.strip());
      if (!patience.isNegative() && patience.compareTo(MAX_WAIT) <= 0) {
        return patience;
      }
    } catch (IllegalArgumentException | ArithmeticException e) {
      // Refused below.
    }
    throw new FieldsRefused("wait", "must be a duration of at most 30s, such as 20s");
  }

  @GetMapping("/{id}")
  @Operation(
      operationId = "getEvent",
      summary = "Get an event",
      description = "An event with all of its data.")
  @ApiResponse(
      responseCode = "200",
      content = {
        @Content(
            mediaType = MediaType.APPLICATION_JSON_VALUE,
            schema = @Schema(implementation = Event.class)),
        @Content(
            mediaType = EventEncoding.CLOUD_EVENT,
            schema = @Schema(ref = "#/components/schemas/CloudEvent"))
      })
  ResponseEntity<Object> get(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @Parameter(hidden = true) @RequestHeader(required = false) @Nullable String accept) {
    budget.take(PAGE_BYTES);
    Event found =
        EventEncoding.readable(caller, events.find(List.of(id))).stream()
            .filter(event -> caller.sees(event.organization()))
            .filter(event -> events.isWithin(caller.scope(), event))
            .findFirst()
            .orElseThrow(() -> new ResourceNotFound("event"));
    boolean cloud = EventEncoding.wantsCloudEvents(accept);
    return ResponseEntity.ok()
        .contentType(
            cloud
                ? MediaType.parseMediaType(EventEncoding.CLOUD_EVENT)
                : MediaType.APPLICATION_JSON)
        .body(encoding.node(found, cloud));
  }
}
