package org.byoemail.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.operations.setup.PersonDraft;
import org.byoemail.operations.setup.PersonSetup;
import org.byoemail.operations.setup.SecondFactorSetup;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ConsoleSession;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.Person;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The people who log in to the console, for admins. Invitation links are shown once. */
@RestController
@RequestMapping("/api/v1/people")
@Tag(name = "people")
class PeopleController {
  private final PersonSetup setup;
  private final SecondFactorSetup factors;
  private final MergePatch patches;

  PeopleController(PersonSetup setup, SecondFactorSetup factors, MergePatch patches) {
    this.setup = setup;
    this.factors = factors;
    this.patches = patches;
  }

  /** A login to the console. */
  @Schema(name = "ConsoleSession")
  record SessionResponse(
      UUID id,
      @Schema(description = "the address it came from") String client,
      @Schema(description = "the browser, as it identifies itself") String browser,
      Instant createdAt,
      @Schema(description = "when a page was last opened, or up to a minute earlier")
          Instant lastVisitAt,
      @Schema(description = "when it ends, used or not") Instant expiresAt) {

    static SessionResponse of(ConsoleSession session) {
      return new SessionResponse(
          session.id(),
          session.client(),
          session.browser(),
          session.createdAt(),
          session.lastVisitAt(),
          session.expiresAt());
    }
  }

  /** The sessions of a person. */
  @Schema(name = "ConsoleSessions")
  record SessionsResponse(List<SessionResponse> items) {}

  @PostMapping
  @Operation(
      operationId = "createPerson",
      summary = "Invite a person",
      description =
          "Creates a person who can log in to the console: with a password, or with a link, shown"
              + " once, with which the person sets one.")
  @ResponseStatus(HttpStatus.CREATED)
  PersonResponse create(
      @AuthenticationPrincipal Caller caller, @RequestBody PersonRequest request) {
    PersonSetup.Created created =
        setup.create(
            caller,
            new PersonDraft(
                request.email(),
                request.name(),
                RequestParams.organization(caller, request.organization()),
                request.roles() == null ? null : new ArrayList<>(request.roles()),
                request.password()));
    return PersonResponse.of(created.person(), created.link());
  }

  @GetMapping
  @Operation(operationId = "listPeople", summary = "List people")
  Page<PersonResponse> list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    int rows = RequestParams.limit(limit);
    return Page.of(
        setup.list(caller, RequestParams.cursor(cursor), rows + 1),
        rows,
        Person::id,
        person -> PersonResponse.of(person, null));
  }

  @GetMapping("/{id}")
  @Operation(operationId = "getPerson", summary = "Get a person")
  PersonResponse get(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    return PersonResponse.of(setup.find(caller, id), null);
  }

  @PatchMapping("/{id}")
  @Operation(
      operationId = "updatePerson",
      summary = "Change a person",
      description =
          "Changes name, organization and roles, or disables a person. Changes apply at once,"
              + " also to open sessions.")
  PersonResponse change(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @io.swagger.v3.oas.annotations.parameters.RequestBody(
              content = @Content(schema = @Schema(implementation = PersonChange.class)))
          @RequestBody
          ObjectNode patch)
      throws JsonProcessingException {
    PersonChange request =
        patches.apply(PersonChange.of(setup.find(caller, id)), patch, PersonChange.class);
    // Only what the patch names: the rest may have changed since.
    Person changed =
        setup.change(
            caller,
            id,
            patch.has("name") ? Objects.requireNonNullElse(request.name(), "") : null,
            patch.has("organization")
                ? Optional.ofNullable(RequestParams.organization(caller, request.organization()))
                : null,
            patch.has("roles")
                ? PersonSetup.Roles.all(
                    request.roles() == null ? List.of() : new ArrayList<>(request.roles()))
                : null,
            patch.has("disabled") ? Boolean.TRUE.equals(request.disabled()) : null);
    return PersonResponse.of(changed, null);
  }

  @PostMapping("/{id}/invitation")
  @Operation(
      operationId = "createInvitation",
      summary = "Invite a person again",
      description =
          "Creates a new link with which the person sets a password; the previous one is void.")
  @ResponseStatus(HttpStatus.CREATED)
  PersonResponse invite(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    PersonSetup.Created invited = setup.invite(caller, id);
    return PersonResponse.of(invited.person(), invited.link());
  }

  @DeleteMapping("/{id}")
  @Operation(operationId = "deletePerson", summary = "Delete a person")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    setup.delete(caller, id);
  }

  @DeleteMapping("/{id}/second-factor")
  @Operation(
      operationId = "deleteSecondFactor",
      summary = "Reset the second factor of a person",
      description =
          "For a person who has lost it: removes authenticator app, passkeys and recovery codes, and"
              + " ends all sessions. The next login needs only the password; if a second factor is"
              + " required, the person then sets one up.")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void resetSecondFactor(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    factors.reset(caller, id);
  }

  @GetMapping("/{id}/sessions")
  @Operation(
      operationId = "listSessions",
      summary = "List the sessions of a person",
      description = "The newest first, 50 at most.")
  SessionsResponse sessions(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    return new SessionsResponse(
        setup.sessions(caller, id).stream().map(SessionResponse::of).toList());
  }

  @DeleteMapping("/{id}/sessions")
  @Operation(operationId = "deleteSessions", summary = "End all sessions of a person")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void endSessions(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    setup.endSessions(caller, id, null);
  }

  @DeleteMapping("/{id}/sessions/{session}")
  @Operation(operationId = "deleteSession", summary = "End a session of a person")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void endSession(
      @AuthenticationPrincipal Caller caller, @PathVariable UUID id, @PathVariable UUID session) {
    setup.endSessions(caller, id, session);
  }
}
