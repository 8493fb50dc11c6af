package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.account.alias.CatchAll;
import org.byoemail.account.registry.Account;
import org.byoemail.api.AliasesController.AliasResponse;
import org.byoemail.format.mail.AccountId;
import org.byoemail.operations.setup.AccountSetup;
import org.byoemail.operations.setup.AccountState;
import org.byoemail.operations.setup.AliasSetup;
import org.byoemail.operations.setup.CatchAllDraft;
import org.byoemail.operations.setup.CatchAllSetup;
import org.byoemail.operations.setup.CatchAllState;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * The catch-all domains of an account: which agents receive their mail, and which may send from
 * them.
 */
@RestController
@RequestMapping("/api/v1/accounts/{id}/catch-all")
@Tag(name = "accounts")
class CatchAllController {
  private final AccountSetup accounts;
  private final CatchAllSetup catchAlls;
  private final AliasSetup aliases;

  CatchAllController(AccountSetup accounts, CatchAllSetup catchAlls, AliasSetup aliases) {
    this.accounts = accounts;
    this.catchAlls = catchAlls;
    this.aliases = aliases;
  }

  /** A request that sets the catch-all domains of an account. */
  @Schema(name = "CatchAllRequest")
  record CatchAllRequest(
      @Schema(requiredMode = Schema.RequiredMode.REQUIRED)
          @Nullable List<@Nullable DomainRequest> domains) {}

  /** A catch-all domain in a request. */
  @Schema(name = "CatchAllDomainRequest")
  record DomainRequest(
      @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable String domain,
      @Nullable
          @Schema(
              allowableValues = {"account", "refuse"},
              description =
                  "what happens to mail that no rule matches: account gives it to the account's"
                      + " agent, refuse refuses it")
          String unmatched,
      @Nullable List<@Nullable RuleRequest> rules) {

    CatchAllDraft draft() {
      return new CatchAllDraft(
          domain,
          unmatched,
          rules == null
              ? null
              : rules.stream()
                  .map(
                      rule ->
                          rule == null
                              ? new CatchAllDraft.Rule(null, null)
                              : new CatchAllDraft.Rule(rule.pattern(), rule.agent()))
                  .toList());
    }
  }

  /** Assigns mail to an agent. */
  @Schema(name = "CatchAllRule")
  record RuleRequest(
      @Nullable
          @Schema(
              requiredMode = Schema.RequiredMode.REQUIRED,
              description = "the part before the @, such as support, support+* or sales-*")
          String pattern,
      @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable String agent) {}

  /** A request to prove a domain. */
  @Schema(name = "CatchAllProofRequest")
  record ProofRequest(
      @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable String domain,
      @Nullable
          @Schema(
              requiredMode = Schema.RequiredMode.REQUIRED,
              allowableValues = {"dns", "round_trip"})
          String by) {}

  /** The TXT record that proves a domain. */
  @Schema(name = "CatchAllRecord")
  record RecordResponse(String name, String type, String text) {}

  /** A catch-all domain in a response. */
  @Schema(name = "CatchAllDomain")
  record DomainResponse(
      String domain,
      @Nullable @Schema(allowableValues = {"dns", "round_trip"}) String proof,
      @Nullable Instant provedAt,
      @Nullable String error,
      RecordResponse record,
      AliasResponse sending,
      String unmatched,
      List<RuleRequest> rules) {

    static DomainResponse of(CatchAllState state) {
      CatchAll domain = state.domain();
      return new DomainResponse(
          domain.domain(),
          domain.proof() == null ? null : domain.proof().word(),
          domain.provedAt(),
          domain.error(),
          new RecordResponse(domain.recordName(), "TXT", domain.recordText()),
          AliasResponse.of(state.sending()),
          domain.refuseUnmatched() ? "refuse" : "account",
          domain.rules().stream()
              .map(rule -> new RuleRequest(rule.pattern().toString(), rule.agent().toString()))
              .toList());
    }
  }

  /** The catch-all domains of an account. */
  @Schema(name = "CatchAll")
  record CatchAllResponse(List<DomainResponse> domains) {
    static CatchAllResponse of(List<CatchAllState> states) {
      return new CatchAllResponse(states.stream().map(DomainResponse::of).toList());
    }
  }

  @GetMapping
  @Operation(operationId = "getCatchAll", summary = "Get the catch-all domains of an account")
  CatchAllResponse list(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    return CatchAllResponse.of(catchAlls.of(find(caller, id)));
  }

  @PutMapping
  @Operation(
      operationId = "setCatchAll",
      summary = "Set the catch-all domains of an account",
      description = "Sets the domains and their rules; domains that were there keep their proofs.")
  CatchAllResponse set(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestBody CatchAllRequest request) {
    Account account = find(caller, id);
    return CatchAllResponse.of(
        catchAlls.set(
            account,
            request.domains() == null
                ? null
                : request.domains().stream()
                    .map(one -> one == null ? null : one.draft())
                    .toList()));
  }

  @PostMapping("/prove")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(
      operationId = "proveCatchAllDomain",
      summary = "Prove a catch-all domain",
      description =
          "dns looks up the TXT record. round_trip sends a mail from and to random addresses of the"
              + " domain: once it has arrived in the mailbox the domain is proved, and with From as"
              + " it was, sending from its addresses too.")
  CatchAllResponse prove(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestBody ProofRequest request) {
    Account account = find(caller, id);
    switch (request.by() == null ? "" : request.by()) {
      case "dns" -> catchAlls.proveByDns(account, request.domain());
      case "round_trip" ->
          aliases.prove(account, catchAlls.aliasOf(account, request.domain()).value());
      default -> throw new FieldsRefused("by", "must be dns or round_trip");
    }
    return CatchAllResponse.of(catchAlls.of(account));
  }

  private Account find(Caller caller, UUID id) {
    return accounts
        .find(new AccountId(id))
        .map(AccountState::account)
        .filter(account -> caller.sees(account.organization()))
        .orElseThrow(() -> new ResourceNotFound("account"));
  }
}
