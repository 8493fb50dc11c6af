package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.account.receiving.AuthservCandidate;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.AccountId;
import org.byoemail.operations.setup.AccountSetup;
import org.byoemail.operations.setup.AccountState;
import org.byoemail.operations.setup.AuthservSetup;
import org.byoemail.operations.setup.AuthservState;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Whose Authentication-Results are trusted in mail of an account. */
@RestController
@RequestMapping("/api/v1/accounts/{id}/authserv-id")
@Tag(name = "accounts")
class AuthservController {
  private final AccountSetup accounts;
  private final AuthservSetup authserv;

  AuthservController(AccountSetup accounts, AuthservSetup authserv) {
    this.accounts = accounts;
    this.authserv = authserv;
  }

  /** The id to trust. */
  @Schema(name = "AuthservIdRequest")
  record TrustRequest(
      @Nullable
          @Schema(
              requiredMode = Schema.RequiredMode.REQUIRED,
              description = "the first word of the server's Authentication-Results")
          String authservId,
      @Nullable
          @Schema(
              description =
                  "true: trust it although it was not learnt from three senders and proved")
          Boolean withoutProof) {}

  /** The id to probe. */
  @Schema(name = "AuthservProbeRequest")
  record ProbeRequest(
      @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable String authservId,
      @Nullable @Schema(description = "the account that sends the probe; null: the account itself")
          String from) {}

  /** The domain of an outside sender. */
  @Schema(name = "AuthservSender")
  record SenderResponse(String domain, Instant seenAt) {}

  /** A probe in a response. */
  @Schema(name = "AuthservProbe")
  record ProbeResponse(
      String from,
      Instant sentAt,
      @Nullable Instant arrivedAt,
      @Nullable @Schema(description = "whether it came out without its forged field; null: not yet")
          Boolean stripped,
      @Nullable @Schema(description = "why it was not sent") String error) {

    static @Nullable ProbeResponse of(AuthservCandidate.@Nullable Probe probe) {
      return probe == null
          ? null
          : new ProbeResponse(
              probe.sentFrom(), probe.sentAt(), probe.arrivedAt(), probe.stripped(), probe.error());
    }
  }

  /** What was learnt of an id. */
  @Schema(name = "AuthservCandidate")
  record CandidateResponse(
      String authservId,
      @Schema(description = "whether it may be confirmed") boolean offered,
      @Schema(description = "the domains of outside senders in whose mail it was the topmost")
          List<SenderResponse> senders,
      @Nullable ProbeResponse probe) {

    static CandidateResponse of(AuthservCandidate candidate) {
      return new CandidateResponse(
          candidate.id(),
          candidate.isOffered(),
          candidate.senders().stream()
              .map(one -> new SenderResponse(one.domain(), one.seenAt()))
              .toList(),
          ProbeResponse.of(candidate.probe()));
    }
  }

  /** What is trusted, and what was learnt. */
  @Schema(name = "AuthservId")
  record Response(
      @Schema(description = "the ids that are trusted") List<String> trusted,
      @Nullable @Schema(allowableValues = {"known", "confirmed", "set"}) String source,
      @Nullable @Schema(description = "since when a person trusts it") Instant since,
      List<CandidateResponse> candidates) {

    static Response of(AuthservState state) {
      return new Response(
          state.ids(),
          state.source() == null ? null : state.source().word(),
          state.since(),
          state.candidates().stream().map(CandidateResponse::of).toList());
    }
  }

  @GetMapping
  @Operation(
      operationId = "getAuthservId",
      summary = "Get the authserv-id of an account's receiving server",
      description =
          "Shows whose Authentication-Results are trusted, and what was learnt. An id is offered once"
              + " it was the topmost in mail of three outside domains, and a probe, a mail with a"
              + " forged field of that id, came out without it.")
  Response get(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    return Response.of(authserv.of(find(caller, id)));
  }

  @PutMapping
  @Operation(
      operationId = "setAuthservId",
      summary = "Trust an authserv-id",
      description =
          "Confirms an id that is offered, or sets one without proof. 409 if it is not offered, or"
              + " the server is known already.")
  Response trust(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestBody TrustRequest request) {
    return Response.of(
        authserv.trust(
            find(caller, id), request.authservId(), Boolean.TRUE.equals(request.withoutProof())));
  }

  @DeleteMapping
  @Operation(
      operationId = "deleteAuthservId",
      summary = "Withdraw the trust in an authserv-id",
      description = "Trusts no id any more; learning begins again.")
  Response withdraw(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    return Response.of(authserv.withdraw(find(caller, id)));
  }

  @PostMapping("/probe")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(
      operationId = "proveAuthservId",
      summary = "Probe the receiving server",
      description =
          "Sends a mail with a forged Authentication-Results field of that id to the account. It never"
              + " reaches the agent. A probe of an account at another provider proves more.")
  Response probe(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestBody ProbeRequest request) {
    return Response.of(authserv.probe(find(caller, id), request.authservId(), request.from()));
  }

  private Account find(Caller caller, UUID id) {
    return accounts
        .find(new AccountId(id))
        .map(AccountState::account)
        .filter(account -> caller.sees(account.organization()))
        .orElseThrow(() -> new ResourceNotFound("account"));
  }
}
