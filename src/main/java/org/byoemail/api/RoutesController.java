package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.routes.RouteProblem;
import org.byoemail.platform.routes.RouteVersion;
import org.byoemail.platform.routes.RouteVersions;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The route files that the nodes run. */
@RestController
@RequestMapping("/api/v1/routes")
@Tag(name = "routes")
class RoutesController {
  private final RouteVersions versions;

  RoutesController(RouteVersions versions) {
    this.versions = versions;
  }

  /** The route files of all nodes. */
  @Schema(name = "Routes")
  record RoutesResponse(
      @Schema(description = "route files of which the nodes run different versions")
          List<String> drift,
      List<RouteFileResponse> items) {}

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
          "Which version of each route file the live nodes run, and what is broken. Only for keys"
              + " of all organizations.")
  RoutesResponse list(@AuthenticationPrincipal Caller caller) {
    if (caller.organization() != null) {
      throw new OrganizationForbidden(caller.organization());
    }
    List<RouteVersion> running = versions.running();
    return new RoutesResponse(
        RouteVersions.drift(running), running.stream().map(RouteFileResponse::of).toList());
  }
}
