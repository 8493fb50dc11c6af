package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ResourceNotFound;
import org.byoemail.platform.routes.RouteAction;
import org.byoemail.platform.routes.RouteCommand;
import org.byoemail.platform.routes.RouteCommands;
import org.byoemail.platform.routes.RouteFailure;
import org.byoemail.platform.routes.RouteProblem;
import org.byoemail.platform.routes.RouteSource;
import org.byoemail.platform.routes.RouteStates;
import org.byoemail.platform.routes.RouteVersion;
import org.byoemail.platform.routes.RouteVersions;
import org.byoemail.platform.routes.RunningRoutes;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The routes and route files that the nodes run, and requests to stop or start them. */
@RestController
@RequestMapping("/api/v1/routes")
@Tag(name = "routes")
class RoutesController {
  private final RouteVersions versions;
  private final RouteStates states;
  private final RouteCommands commands;
  private final RunningRoutes running;

  RoutesController(
      RouteVersions versions, RouteStates states, RouteCommands commands, RunningRoutes running) {
    this.versions = versions;
    this.states = states;
    this.commands = commands;
    this.running = running;
  }

  /** The routes and route files of all nodes. */
  @Schema(name = "Routes")
  record RoutesResponse(
      @Schema(description = "route files of which the nodes run different versions")
          List<String> drift,
      @Schema(description = "route files on nodes") List<RouteFileResponse> items,
      @Schema(description = "what the routes do; as of a few seconds ago")
          List<RouteStateResponse> routes) {}

  /** A route. */
  @Schema(name = "RouteState")
  record RouteStateResponse(
      @Schema(example = "outbound-send") String id,
      @Schema(example = "Composes and sends a claimed message.") String description,
      @Schema(example = "routes/outbound/send.camel.yaml") String file,
      List<RouteOnNodeResponse> nodes) {

    static RouteStateResponse of(RouteStates.RouteState state) {
      return new RouteStateResponse(
          state.id(),
          state.description(),
          state.file(),
          state.nodes().stream().map(RouteOnNodeResponse::of).toList());
    }
  }

  /** A route on a node. */
  @Schema(name = "RouteOnNode")
  record RouteOnNodeResponse(
      String node,
      @Schema(
              description = "started, suspended or stopped, or a transition such as stopping",
              example = "started")
          String state,
      @Schema(description = "exchanges that ended since the route was loaded") long exchanges,
      @Schema(description = "how many of them failed") long failed,
      @Schema(description = "exchanges that have not ended") long inFlight,
      @Schema(description = "mean time of an exchange in milliseconds") long meanMillis,
      @Nullable @Schema(description = "when the last exchange ended") Instant lastAt,
      @Schema(description = "the last failures, the newest first")
          List<RouteFailureResponse> failures,
      @Nullable @Schema(description = "what the node was last asked to do, within a day")
          RouteCommandResponse command) {

    static RouteOnNodeResponse of(RouteStates.OnNode on) {
      return new RouteOnNodeResponse(
          on.node(),
          on.activity().state(),
          on.activity().total(),
          on.activity().failed(),
          on.activity().inFlight(),
          on.activity().meanMillis(),
          on.activity().lastAt(),
          on.activity().failures().stream().map(RouteFailureResponse::of).toList(),
          on.command() == null ? null : RouteCommandResponse.of(on.command()));
    }
  }

  /** An exchange that failed. */
  @Schema(name = "RouteFailure")
  record RouteFailureResponse(
      Instant at,
      @Schema(description = "whether the error handling of the route dealt with it")
          boolean handled,
      @Schema(description = "id of the step", example = "record-attempt") String step,
      @Schema(example = "routes/outbound/send.camel.yaml") String file,
      @Schema(description = "0 if unknown") int line,
      @Schema(description = "the exception and its message") String reason) {

    static RouteFailureResponse of(RouteFailure failure) {
      return new RouteFailureResponse(
          failure.at(),
          failure.handled(),
          failure.step(),
          failure.file(),
          failure.line(),
          failure.reason());
    }
  }

  /** What a node was asked to do. */
  @Schema(name = "RouteCommand")
  record RouteCommandResponse(
      @Schema(description = "start, stop, suspend or resume", example = "stop") String action,
      String requestedBy,
      Instant requestedAt,
      @Nullable @Schema(description = "null: not yet") Instant doneAt,
      @Nullable @Schema(description = "why it could not be done") String problem) {

    static RouteCommandResponse of(RouteCommand command) {
      return new RouteCommandResponse(
          command.action().word(),
          command.requestedBy(),
          command.requestedAt(),
          command.doneAt(),
          command.problem());
    }
  }

  /** A route with its source. */
  @Schema(name = "RouteWithSource")
  record RouteResponse(
      RouteStateResponse route,
      @Nullable
          @Schema(
              description =
                  "the lines of the route in its file, as the node that answers runs it; values that"
                      + " look like secrets are masked. null: that node does not have the route")
          String yaml,
      @Schema(description = "the first of these lines in the file; 0 if unknown") int line) {}

  /** Which nodes were asked. */
  @Schema(name = "RouteRequest")
  record RequestedResponse(
      @Schema(description = "ids of the nodes; each acts within a few seconds")
          List<String> nodes) {}

  /** A file on a node. */
  @Schema(name = "RouteFile")
  record RouteFileResponse(
      String node,
      @Schema(example = "routes/outbound/send.camel.yaml") String file,
      @Nullable
          @Schema(
              description =
                  "first 12 hex digits of the SHA-256 of the version that runs; null if none runs",
              example = "15a2914f815e")
          String version,
      @Nullable @Schema(description = "why the current version of the file does not run")
          RouteProblemResponse problem,
      Instant since) {

    static RouteFileResponse of(RouteVersion version) {
      return new RouteFileResponse(
          version.node(),
          version.file(),
          version.version(),
          version.problem() == null ? null : RouteProblemResponse.of(version.problem()),
          version.since());
    }
  }

  /** What is wrong with a file. */
  @Schema(name = "RouteProblem")
  record RouteProblemResponse(
      @Schema(description = "0 if unknown") int line,
      @Nullable
          @Schema(description = "id of the route; null if the problem concerns the whole file")
          String route,
      String reason) {

    static RouteProblemResponse of(RouteProblem problem) {
      return new RouteProblemResponse(problem.line(), problem.route(), problem.reason());
    }
  }

  @GetMapping
  @Operation(
      operationId = "getRoutes",
      summary = "Get the state of the route files",
      description =
          "What the routes do on each live node, which version of each route file it runs, and what"
              + " is broken. Only for keys of all organizations.")
  RoutesResponse list(@AuthenticationPrincipal Caller caller) {
    RequestParams.requireAllOrganizations(caller);
    List<RouteVersion> files = versions.running();
    return new RoutesResponse(
        RouteVersions.drift(files),
        files.stream().map(RouteFileResponse::of).toList(),
        states.list().stream().map(RouteStateResponse::of).toList());
  }

  @GetMapping("/{id}")
  @Operation(
      operationId = "getRoute",
      summary = "Get a route",
      description =
          "What a route does on each live node, and its source. Only for keys of all"
              + " organizations.")
  RouteResponse get(@AuthenticationPrincipal Caller caller, @PathVariable String id) {
    RequestParams.requireAllOrganizations(caller);
    RouteStates.RouteState state = states.find(id).orElseThrow(() -> new ResourceNotFound("route"));
    RouteSource source = running.find(id).orElse(null);
    return new RouteResponse(
        RouteStateResponse.of(state),
        source == null ? null : source.yaml(),
        source == null ? 0 : source.line());
  }

  @PostMapping("/{id}/stop")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(
      operationId = "stopRoute",
      summary = "Stop a route",
      description =
          "Finishes exchanges in flight, then stops it until it is started again or the node ends."
              + " Exchanges from other routes wait or fail. Only for keys of all organizations.")
  RequestedResponse stop(
      @AuthenticationPrincipal Caller caller,
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String node) {
    return request(caller, id, node, RouteAction.STOP);
  }

  @PostMapping("/{id}/start")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(
      operationId = "startRoute",
      summary = "Start a route",
      description = "Starts a stopped route. Only for keys of all organizations.")
  RequestedResponse start(
      @AuthenticationPrincipal Caller caller,
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String node) {
    return request(caller, id, node, RouteAction.START);
  }

  @PostMapping("/{id}/suspend")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(
      operationId = "suspendRoute",
      summary = "Suspend a route",
      description =
          "It takes no new exchanges, and keeps its connections. Only for keys of all"
              + " organizations.")
  RequestedResponse suspend(
      @AuthenticationPrincipal Caller caller,
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String node) {
    return request(caller, id, node, RouteAction.SUSPEND);
  }

  @PostMapping("/{id}/resume")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(
      operationId = "resumeRoute",
      summary = "Resume a route",
      description = "It takes exchanges again. Only for keys of all organizations.")
  RequestedResponse resume(
      @AuthenticationPrincipal Caller caller,
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String node) {
    return request(caller, id, node, RouteAction.RESUME);
  }

  private RequestedResponse request(
      Caller caller, String id, @Nullable String node, RouteAction action) {
    RequestParams.requireAllOrganizations(caller);
    List<String> asked = commands.request(id, node, action, caller.name());
    if (asked.isEmpty()) {
      throw new ResourceNotFound(node == null ? "route" : "route on that node");
    }
    return new RequestedResponse(asked);
  }
}
