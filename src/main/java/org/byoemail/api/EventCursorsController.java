package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.Objects;
import java.util.regex.Pattern;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.event.EventCursors;
import org.byoemail.platform.event.NumberedEvents;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Event cursors: positions that consumers of events have committed under a name. */
@RestController
@RequestMapping("/api/v1/event-cursors")
@Tag(name = "events")
class EventCursorsController {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");

  private final EventCursors cursors;
  private final NumberedEvents events;

  EventCursorsController(EventCursors cursors, NumberedEvents events) {
    this.cursors = cursors;
    this.events = events;
  }

  /** The body of a request that commits a position. */
  @Schema(name = "EventCursorCommit")
  record CommitRequest(
      @Nullable
          @Schema(
              requiredMode = Schema.RequiredMode.REQUIRED,
              description = "position of the last event that was processed")
          Long position,
      @Nullable @Schema(description = "whether the cursor may move back; false by default")
          Boolean rewind) {}

  /** A cursor in a response. */
  @Schema(name = "EventCursor")
  record CursorResponse(String name, long position, Instant updatedAt) {
    static CursorResponse of(EventCursors.Cursor cursor) {
      return new CursorResponse(cursor.name(), cursor.position(), cursor.updatedAt());
    }
  }

  @GetMapping
  @Operation(
      operationId = "listEventCursors",
      summary = "List event cursors",
      description = "The cursors of an organization, at most 100, by name.")
  Page<CursorResponse> list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String organization) {
    return new Page<>(
        cursors.list(owner(caller, organization)).stream().map(CursorResponse::of).toList(), null);
  }

  @GetMapping("/{name}")
  @Operation(operationId = "getEventCursor", summary = "Get an event cursor")
  CursorResponse get(
      @AuthenticationPrincipal Caller caller,
      @PathVariable String name,
      @RequestParam(required = false) @Nullable String organization) {
    return cursors
        .find(owner(caller, organization), name)
        .map(CursorResponse::of)
        .orElseThrow(() -> new ResourceNotFound("event cursor"));
  }

  @PutMapping("/{name}")
  @Operation(
      operationId = "commitEventCursor",
      summary = "Commit a position to an event cursor",
      description =
          "Commits the position up to which events were processed. 409 where the cursor is further"
              + " already, unless `rewind` is true.")
  CursorResponse commit(
      @AuthenticationPrincipal Caller caller,
      @PathVariable String name,
      @RequestParam(required = false) @Nullable String organization,
      @RequestBody CommitRequest request) {
    OrganizationId owner = owner(caller, organization);
    Long position = request.position();
    if (!NAME.matcher(name).matches()) {
      throw new FieldsRefused(
          "name", "must be 1 to 100 letters, digits, dots, hyphens or underscores");
    }
    if (position == null || position < 0 || position > events.last()) {
      throw new FieldsRefused("position", "must be a position that was given, or 0");
    }
    switch (cursors.commit(owner, name, position, Boolean.TRUE.equals(request.rewind()))) {
      case DONE -> {
        return get(caller, name, organization);
      }
      case BEHIND ->
          throw new CursorConflict("the cursor is further already: give rewind to move it back");
      default ->
          throw new CursorConflict(
              "an organization has at most "
                  + EventCursors.MAX_OF_ORGANIZATION
                  + " cursors: delete one");
    }
  }

  @DeleteMapping("/{name}")
  @Operation(operationId = "deleteEventCursor", summary = "Delete an event cursor")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(
      @AuthenticationPrincipal Caller caller,
      @PathVariable String name,
      @RequestParam(required = false) @Nullable String organization) {
    if (!cursors.delete(owner(caller, organization), name)) {
      throw new ResourceNotFound("event cursor");
    }
  }

  /** The owner of the cursors: the operator for keys of all organisations. */
  static OrganizationId owner(Caller caller, @Nullable String organization) {
    return Objects.requireNonNullElse(
        RequestParams.organization(caller, organization), OrganizationId.OPERATOR);
  }
}
