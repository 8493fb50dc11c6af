package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.operations.setup.RoundTrip;
import org.byoemail.operations.setup.RoundTrips;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Sends a test mail by an account, and follows it into the mailbox. */
@RestController
@RequestMapping("/api/v1/accounts/{id}/test-mail")
@Tag(name = "accounts")
class TestMailController {
  private final Accounts accounts;
  private final RoundTrips roundTrips;

  TestMailController(Accounts accounts, RoundTrips roundTrips) {
    this.accounts = accounts;
    this.roundTrips = roundTrips;
  }

  /** The body of a request. */
  @Schema(name = "TestMailRequest")
  record Request(
      @Nullable @Schema(description = "an address; absent: the account's own") String to) {}

  /** A test mail in a response. */
  @Schema(name = "TestMail")
  record Response(
      UUID id,
      String to,
      @Nullable @Schema(description = "the outbound message") UUID messageId,
      @Schema(allowableValues = {"submitted", "accepted", "arrived", "failed"}) String status,
      @Nullable @Schema(description = "the folder of the mailbox that it was seen in")
          String folder,
      @Nullable
          @Schema(description = "from its acceptance by the SMTP server until it was seen, in ms")
          Long delayMillis,
      @Schema(description = "submitted, accepted and arrived") List<Step> steps) {

    static Response of(RoundTrip trip) {
      Duration delay = trip.delay();
      return new Response(
          trip.id(),
          trip.recipient(),
          StoredMessageId.valueOrNull(trip.message()),
          trip.status().word(),
          trip.folder(),
          delay == null ? null : delay.toMillis(),
          trip.steps().stream().map(Step::of).toList());
    }
  }

  /** A step in a response. */
  @Schema(name = "TestMailStep")
  record Step(
      String name,
      @Schema(allowableValues = {"done", "waiting", "failed"}) String state,
      @Nullable Instant at,
      @Schema(description = "such as the server's words") String detail) {

    static Step of(RoundTrip.Step step) {
      return new Step(step.name(), step.state().word(), step.at(), step.detail());
    }
  }

  @PostMapping
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(
      operationId = "sendTestMail",
      summary = "Send a test mail",
      description =
          "Sends a test mail, as any other mail of the account; it never reaches the agent as"
              + " inbound mail. 429 after 10 of an account or 30 of a key within an hour.")
  Response send(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestBody(required = false) @Nullable Request request) {
    Account account = find(caller, id);
    UUID key = caller.key();
    return Response.of(
        roundTrips.send(
            account,
            request == null ? null : request.to(),
            key == null ? caller.name() : key.toString()));
  }

  @GetMapping("/{testId}")
  @Operation(
      operationId = "getTestMail",
      summary = "Get the way of a test mail",
      description =
          "Shows how far the test mail is. With wait, the answer comes once it has arrived or"
              + " failed, or the time is over; meanwhile it is looked for in the mailbox.")
  Response get(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @PathVariable UUID testId,
      @Parameter(description = "at most 30s", example = "30s") @RequestParam(required = false)
          @Nullable String wait) {
    Account account = find(caller, id);
    return (wait == null
            ? roundTrips.find(account, testId)
            : roundTrips.await(account, testId, patience(wait)))
        .map(Response::of)
        .orElseThrow(() -> new ResourceNotFound("test mail"));
  }

  private static Duration patience(String wait) {
    Duration patience;
    try {
      patience = DurationStyle.SIMPLE.parse(wait.strip());
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new FieldsRefused("wait", "must be a duration such as 30s");
    }
    if (patience.isNegative() || patience.compareTo(RoundTrips.MAX_WAIT) > 0) {
      throw new FieldsRefused("wait", "must be 0s to " + RoundTrips.MAX_WAIT.toSeconds() + "s");
    }
    return patience;
  }

  private Account find(Caller caller, UUID id) {
    return accounts
        .find(new AccountId(id))
        .filter(account -> caller.sees(account.organization()))
        .orElseThrow(() -> new ResourceNotFound("account"));
  }
}
