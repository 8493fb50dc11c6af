package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.UUID;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.access.ResponseBudget;
import org.byoemail.platform.access.Role;
import org.byoemail.platform.event.Event;
import org.byoemail.platform.event.EventFilter;
import org.byoemail.platform.event.NumberedEvents;
import org.byoemail.setup.FieldsRefused;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The events in order, for platforms that poll instead of listening to the broker. */
@RestController
@RequestMapping("/api/v1/events")
@Tag(name = "events")
class EventsController {
  private static final int DEFAULT_LIMIT = 200;

  private static final long PAGE_BYTES = 2 << 20;

  private final NumberedEvents events;
  private final ResponseBudget budget;

  EventsController(NumberedEvents events, ResponseBudget budget) {
    this.budget = budget;
    this.events = events;
  }

  @GetMapping
  @Operation(
      description =
          "Events behind a position, in their order. `next` is the position to ask behind; it is"
              + " null where nothing new is there, and the one before holds then. Answers 410 with"
              + " `firstPosition` if events behind the position were deleted, 400 if it was never"
              + " given.")
  Page<Event> after(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(required = false) @Nullable String organization,
      @RequestParam(required = false) @Nullable Integer limit) {
    budget.take(PAGE_BYTES);
    String of = RequestParams.organization(caller, organization);
    long position = position(after);
    events.check(of, position);
    List<Event> found =
        events
            .after(EventFilter.of(of), position, RequestParams.limit(limit, DEFAULT_LIMIT))
            .events();
    return new Page<>(
        found.stream().map(event -> readable(caller, event)).toList(),
        found.isEmpty() ? null : String.valueOf(found.get(found.size() - 1).position()));
  }

  @GetMapping("/{id}")
  @Operation(description = "An event, whole, however long its data.")
  Event get(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    budget.take(PAGE_BYTES);
    return events.find(List.of(id)).stream()
        .filter(event -> caller.sees(event.organization()))
        .map(event -> readable(caller, event))
        .findFirst()
        .orElseThrow(() -> new ResourceNotFound("event"));
  }

  /** Who may not make connect links must not find one here. */
  private static Event readable(Caller caller, Event event) {
    return caller.role().covers(Role.OPERATOR) ? event : event.withoutConnectLink();
  }

  private static long position(@Nullable String after) {
    try {
      return after == null || after.isEmpty() ? 0 : Long.parseLong(after);
    } catch (NumberFormatException e) {
      throw new FieldsRefused("after", "must be the position of an event");
    }
  }
}
