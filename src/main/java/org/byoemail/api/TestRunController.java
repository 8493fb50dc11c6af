package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.account.connection.ConnectionTest;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.testrun.TestRun;
import org.byoemail.account.testrun.TestRuns;
import org.byoemail.format.mail.AccountId;
import org.byoemail.operations.setup.AccountSwitches;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Connection tests in the background, whose steps can be followed. */
@RestController
@RequestMapping("/api/v1/accounts/{id}/test-runs")
@Tag(name = "accounts")
class TestRunController {
  private final Accounts accounts;
  private final AccountSwitches switches;
  private final TestRuns runs;

  TestRunController(Accounts accounts, AccountSwitches switches, TestRuns runs) {
    this.accounts = accounts;
    this.switches = switches;
    this.runs = runs;
  }

  /** The body of a request. */
  @Schema(name = "TestRunRequest")
  record Request(
      @Nullable
          @Schema(
              requiredMode = Schema.RequiredMode.REQUIRED,
              allowableValues = {"smtp", "imap"})
          String side) {}

  /** A run in a response. */
  @Schema(name = "TestRun")
  record Response(
      UUID id,
      @Schema(allowableValues = {"running", "passed", "failed"}) String state,
      @Nullable @Schema(description = "why it did not run to its end") String problem,
      List<Side> sides,
      Instant begunAt,
      @Nullable Instant endedAt) {

    static Response of(TestRun run) {
      return new Response(
          run.id(),
          run.state().word(),
          run.problem(),
          run.sides().stream().map(Side::of).toList(),
          run.begunAt(),
          run.endedAt());
    }
  }

  /** The test of one side in a response. */
  @Schema(name = "TestRunSide")
  record Side(
      @Schema(allowableValues = {"smtp", "imap"}) String side,
      @Schema(description = "the steps that have ended") List<ConnectionTest.Step> steps,
      @Nullable @Schema(description = "the step that is under way") String current,
      @Nullable @Schema(description = "null while it is running") Boolean ok,
      @Nullable @Schema(description = "what the operator can do") String hint) {

    static Side of(TestRun.Side side) {
      return new Side(side.side().word(), side.steps(), side.current(), side.ok(), side.hint());
    }
  }

  @PostMapping
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(
      operationId = "startTestRun",
      summary = "Start a connection test",
      description =
          "Begins the test of a side, as test-smtp and test-imap do, and answers at once. If that"
              + " side is being tested already, the answer is the run that is under way.")
  Response begin(
      @AuthenticationPrincipal Caller caller, @PathVariable UUID id, @RequestBody Request request) {
    return Response.of(switches.beginTest(find(caller, id), side(request.side())));
  }

  @GetMapping("/{run}")
  @Operation(
      operationId = "getTestRun",
      summary = "Get the steps of a connection test",
      description = "The steps so far; runs are kept for an hour.")
  Response show(
      @AuthenticationPrincipal Caller caller, @PathVariable UUID id, @PathVariable UUID run) {
    return runs.find(find(caller, id).id(), run)
        .map(Response::of)
        .orElseThrow(() -> new ResourceNotFound("test run"));
  }

  private static Protocol side(@Nullable String word) {
    for (Protocol side : Protocol.values()) {
      if (side.word().equals(word)) {
        return side;
      }
    }
    throw new FieldsRefused("side", "must be smtp or imap");
  }

  private Account find(Caller caller, UUID id) {
    return accounts
        .find(new AccountId(id))
        .filter(account -> caller.sees(account.organization()))
        .orElseThrow(() -> new ResourceNotFound("account"));
  }
}
