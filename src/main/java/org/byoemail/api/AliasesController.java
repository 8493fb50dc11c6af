package org.byoemail.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.account.alias.Alias;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.AccountId;
import org.byoemail.operations.setup.AccountSetup;
import org.byoemail.operations.setup.AccountState;
import org.byoemail.operations.setup.AliasSetup;
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

/** Further addresses of an account, which it may send from once they are proved. */
@RestController
@RequestMapping("/api/v1/accounts/{id}/aliases")
@Tag(name = "accounts")
class AliasesController {
  private final AccountSetup accounts;
  private final AliasSetup aliases;

  AliasesController(AccountSetup accounts, AliasSetup aliases) {
    this.accounts = accounts;
    this.aliases = aliases;
  }

  /** The aliases that an account is to have. */
  @Schema(name = "AliasesRequest")
  record AliasesRequest(
      @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable List<@Nullable String> aliases,
      @Nullable
          @Schema(
              description =
                  "whether mail to and from local+tag@domain belongs to the account; null: no change")
          Boolean plusAddresses) {}

  /** The alias to probe. */
  @Schema(name = "AliasProbeRequest")
  record ProbeRequest(
      @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable String address) {}

  /** An alias in a response. */
  @Schema(name = "Alias")
  record AliasResponse(
      String address,
      @Schema(allowableValues = {"unproved", "probing", "proved", "rewritten", "failed"})
          String state,
      @Nullable Instant probedAt,
      @Nullable Instant provedAt,
      @Nullable @Schema(description = "the From with which a probe arrived that was rewritten")
          String seenFrom,
      @Nullable String error) {

    static AliasResponse of(Alias alias) {
      return new AliasResponse(
          alias.address().value(),
          alias.state().word(),
          alias.probedAt(),
          alias.provedAt(),
          alias.seenFrom(),
          alias.error());
    }
  }

  /** The aliases of an account. */
  @Schema(name = "Aliases")
  record AliasesResponse(
      List<AliasResponse> aliases,
      @Nullable @Schema(description = "null: plus-addresses are off")
          AliasResponse plusAddresses) {}

  private AliasesResponse of(Account account) {
    return new AliasesResponse(
        aliases.of(account).stream().map(AliasResponse::of).toList(),
        aliases.plusAddresses(account).map(AliasResponse::of).orElse(null));
  }

  @GetMapping
  @Operation(operationId = "getAliases", summary = "Get the aliases of an account")
  AliasesResponse list(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    return of(find(caller, id));
  }

  @PutMapping
  @Operation(
      operationId = "setAliases",
      summary = "Set the aliases of an account",
      description = "Sets the aliases; those that were there keep their state.")
  AliasesResponse set(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestBody AliasesRequest request) {
    Account account = find(caller, id);
    aliases.set(account, request.aliases(), request.plusAddresses());
    return of(account);
  }

  @PostMapping("/prove")
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Operation(
      operationId = "proveAlias",
      summary = "Prove an alias",
      description =
          "Sends a probe from the alias to the account's own address. The alias is proved once it has"
              + " arrived in the mailbox with From as it was, rewritten if From was changed.")
  AliasesResponse prove(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @RequestBody ProbeRequest request) {
    Account account = find(caller, id);
    aliases.prove(account, request.address());
    return of(account);
  }

  private Account find(Caller caller, UUID id) {
    return accounts
        .find(new AccountId(id))
        .map(AccountState::account)
        .filter(account -> caller.sees(account.organization()))
        .orElseThrow(() -> new ResourceNotFound("account"));
  }
}
