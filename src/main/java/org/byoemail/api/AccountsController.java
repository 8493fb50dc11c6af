package org.byoemail.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.byoemail.account.connection.ConnectionTest;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.Protocol;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.AgentId;
import org.byoemail.operations.setup.AccountDeletion;
import org.byoemail.operations.setup.AccountSetup;
import org.byoemail.operations.setup.AccountState;
import org.byoemail.operations.setup.AccountSwitches;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.operations.setup.LimitsFields;
import org.byoemail.outbound.delivery.AccountLimits;
import org.byoemail.outbound.delivery.AccountQueue.Queued;
import org.byoemail.outbound.limit.SendingLimits;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResourceNotFound;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.transaction.support.TransactionTemplate;
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

/** Accounts: the SMTP and IMAP settings of an agent's address. */
@RestController
@RequestMapping("/api/v1/accounts")
@Tag(name = "accounts")
class AccountsController {
  private final Agents agents;
  private final AccountSetup setup;
  private final AccountSwitches switches;
  private final AccountDeletion deletion;
  private final MergePatch patches;
  private final AccountLimits limits;
  private final TransactionTemplate transactions;

  AccountsController(
      Agents agents,
      AccountSetup setup,
      AccountSwitches switches,
      AccountDeletion deletion,
      MergePatch patches,
      AccountLimits limits,
      TransactionTemplate transactions) {
    this.deletion = deletion;
    this.limits = limits;
    this.transactions = transactions;
    this.switches = switches;
    this.agents = agents;
    this.setup = setup;
    this.patches = patches;
  }

  @PostMapping
  @Operation(operationId = "createAccount", summary = "Create an account")
  @ResponseStatus(HttpStatus.CREATED)
  AccountResponse create(
      @AuthenticationPrincipal Caller caller, @RequestBody AccountRequest request) {
    if (Boolean.TRUE.equals(request.outboundEnabled())) {
      throw new FieldsRefused("outboundEnabled", "must be false until test-smtp has passed");
    }
    if (Boolean.TRUE.equals(request.inboundEnabled())) {
      throw new FieldsRefused("inboundEnabled", "must be false until test-imap has passed");
    }
    LimitsFields requestedLimits = validated(request.limits());
    AccountState account =
        transactions.execute(
            status -> {
              AccountState created =
                  setup.create(agent(caller, request.agent()), request.address(), request.draft());
              if (requestedLimits != null) {
                setLimits(created.account(), requestedLimits);
              }
              AccountId other = bounceAccount(request.bounceAccount());
              return other == null ? created : setup.setBounceAccount(created.account(), other);
            });
    return response(Objects.requireNonNull(account));
  }

  @GetMapping
  @Operation(operationId = "listAccounts", summary = "List accounts")
  Page<AccountResponse> list(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(required = false) @Nullable String organization,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    int rows = RequestParams.limit(limit);
    return Page.of(
        setup.list(
            RequestParams.organization(caller, organization),
            caller.scope(),
            RequestParams.cursor(cursor),
            rows + 1),
        rows,
        state -> state.account().id(),
        this::response);
  }

  @GetMapping("/{id}")
  @Operation(operationId = "getAccount", summary = "Get an account")
  AccountResponse get(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    return response(find(caller, id));
  }

  @PatchMapping("/{id}")
  @Operation(operationId = "updateAccount", summary = "Change an account")
  AccountResponse change(
      @AuthenticationPrincipal Caller caller,
      @PathVariable UUID id,
      @io.swagger.v3.oas.annotations.parameters.RequestBody(
              content = @Content(schema = @Schema(implementation = AccountRequest.class)))
          @RequestBody
          ObjectNode patch)
      throws JsonProcessingException {
    AccountState state = find(caller, id);
    Account account = state.account();
    AccountRequest present = AccountRequest.of(state, limits.of(account));
    AccountRequest request = patches.apply(present, patch, AccountRequest.class);
    if (!Objects.equals(request.agent(), present.agent())) {
      throw new FieldsRefused("agent", "cannot be changed");
    }
    if (!Objects.equals(request.address(), present.address())) {
      throw new FieldsRefused("address", "cannot be changed: create another account");
    }
    AccountId bounceAccount = bounceAccount(request.bounceAccount());
    boolean settings = Stream.of("displayName", "smtp", "imap", "oauth").anyMatch(patch::has);
    LimitsFields newLimits = patch.has("limits") ? validated(request.limits()) : null;
    return response(
        setup.change(
            account,
            settings ? request.draft() : null,
            flag(patch, "outboundEnabled"),
            flag(patch, "inboundEnabled"),
            () -> {
              if (patch.has("bounceAccount")) {
                setup.setBounceAccount(account, bounceAccount);
              }
              if (patch.has("limits")) {
                setLimits(account, newLimits);
              }
            }));
  }

  @DeleteMapping("/{id}")
  @Operation(
      operationId = "deleteAccount",
      summary = "Delete an account",
      description =
          "Deletes the account with its secrets; its messages stay. If any were queued, the answer"
              + " is 200 and says what happens to them, else 204.")
  @ApiResponse(
      responseCode = "200",
      description = "It is deleted; messages were queued.",
      content = @Content(schema = @Schema(implementation = AccountDeletionResponse.class)))
  @ApiResponse(
      responseCode = "204",
      description = "It is deleted; nothing was queued.",
      content = @Content)
  ResponseEntity<AccountDeletionResponse> delete(
      @AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    Queued queued = deletion.delete(find(caller, id).account());
    return queued.isEmpty()
        ? ResponseEntity.noContent().build()
        : ResponseEntity.ok(AccountDeletionResponse.of(queued));
  }

  @PostMapping("/{id}/poll")
  @Operation(operationId = "pollAccount", summary = "Look for new mail now")
  @ResponseStatus(HttpStatus.ACCEPTED)
  void poll(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    switches.poll(find(caller, id).account());
  }

  @PostMapping("/{id}/pause")
  @Operation(operationId = "pauseAccount", summary = "Pause an account")
  @ResponseStatus(HttpStatus.ACCEPTED)
  void pause(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    switches.pause(find(caller, id).account());
  }

  @PostMapping("/{id}/resume")
  @Operation(operationId = "resumeAccount", summary = "Resume an account")
  @ResponseStatus(HttpStatus.ACCEPTED)
  void resume(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    switches.resume(find(caller, id).account());
  }

  @PostMapping("/{id}/test-smtp")
  @Operation(operationId = "testSmtp", summary = "Test the SMTP side of an account")
  ConnectionTest testSmtp(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    return switches.test(find(caller, id).account(), Protocol.SMTP);
  }

  @PostMapping("/{id}/test-imap")
  @Operation(operationId = "testImap", summary = "Test the IMAP side of an account")
  ConnectionTest testImap(@AuthenticationPrincipal Caller caller, @PathVariable UUID id) {
    return switches.test(find(caller, id).account(), Protocol.IMAP);
  }

  private AccountResponse response(AccountState state) {
    return AccountResponse.of(state, limits.of(state.account()));
  }

  private static @Nullable LimitsFields validated(@Nullable LimitsFields given) {
    if (given != null) {
      given.limits();
      if (given.connections() != null
          && (given.connections() < 1 || given.connections() > AccountLimits.MAX_CONNECTIONS)) {
        throw new FieldsRefused(
            "limits.connections", "must be 1 to " + AccountLimits.MAX_CONNECTIONS);
      }
    }
    return given;
  }

  private void setLimits(Account account, @Nullable LimitsFields given) {
    limits.set(
        account,
        given == null ? SendingLimits.NONE : given.limits(),
        given == null ? null : given.connections());
  }

  private static @Nullable AccountId bounceAccount(@Nullable String id) {
    return id == null ? null : new AccountId(RequestParams.id("bounceAccount", id));
  }

  private static @Nullable Boolean flag(ObjectNode patch, String field) {
    if (!patch.has(field)) {
      return null;
    }
    if (patch.get(field).isNull()) {
      throw new FieldsRefused(field, "must be true or false");
    }
    return patch.get(field).booleanValue();
  }

  private AccountState find(Caller caller, UUID id) {
    return setup
        .find(new AccountId(id))
        .filter(state -> caller.sees(state.account().organization()))
        .orElseThrow(() -> new ResourceNotFound("account"));
  }

  private @Nullable Agent agent(Caller caller, @Nullable String id) {
    return id == null
        ? null
        : agents
            .find(new AgentId(RequestParams.id("agent", id)))
            .filter(agent -> caller.sees(agent.organization()))
            .orElse(null);
  }
}
